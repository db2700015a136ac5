import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  type CreateDatasetRequest,
  createDatasetRequest,
  type Dataset,
  dataset,
  datasetImage,
  datasetImagesQuery,
  datasetListQuery,
  page,
} from '#api-contract';
import { ImportDataset } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toDataset } from './dataset.mapper.js';
import { DatasetImages } from './dataset-images.js';
import { DatasetImporter } from './dataset-importer.js';

@ApiTags('datasets')
@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly importer: DatasetImporter,
    private readonly datasets: ImportDataset,
    private readonly images: DatasetImages,
  ) {}

  @Post()
  @Documented({
    summary: 'Import a folder of class folders',
    description: 'The import runs in the background; GET the dataset for its progress.',
    status: 201,
    schema: dataset,
    problems: [400, 403, 413],
  })
  async create(@Body({ schema: createDatasetRequest }) body: CreateDatasetRequest): Promise<Dataset> {
    return toDataset(await this.importer.begin(body));
  }

  @Get()
  @Documented({
    summary: 'Datasets, newest first',
    description: 'With a name only those called so. Each names the first ten of its refused files.',
    schema: page(dataset),
    problems: [400],
  })
  async list(@Query({ schema: datasetListQuery }) query: z.infer<typeof datasetListQuery>) {
    const { items, nextCursor } = await this.datasets.list(query);
    return { items: items.map(toDataset), nextCursor };
  }

  @Get(':id')
  @Documented({ summary: 'A dataset with the progress of its import', schema: dataset, problems: [400, 404] })
  async show(@Param({ schema: idParam }) { id }: IdParam): Promise<Dataset> {
    return toDataset(await this.datasets.show(id));
  }

  @Get(':id/images')
  @Documented({ summary: 'Images of a dataset, page by page', schema: page(datasetImage), problems: [400, 404] })
  showImages(
    @Param({ schema: idParam }) { id }: IdParam,
    @Query({ schema: datasetImagesQuery }) query: z.infer<typeof datasetImagesQuery>,
  ) {
    return this.images.list(id, query);
  }
}
