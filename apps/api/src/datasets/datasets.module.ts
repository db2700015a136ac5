import { Module } from '@nestjs/common';
import type { ArtifactStore } from '#artifacts';
import { ImportDataset } from '#search';
import type { Config } from '../config.js';
import { ARTIFACTS, CONFIG } from '../injection-tokens.js';
import { DatasetImages } from './dataset-images.js';
import { DatasetImporter } from './dataset-importer.js';
import { DatasetsController } from './datasets.controller.js';

@Module({
  controllers: [DatasetsController],
  providers: [
    DatasetImages,
    {
      provide: DatasetImporter,
      useFactory: (datasets: ImportDataset, artifacts: ArtifactStore, config: Config) =>
        new DatasetImporter(datasets, artifacts, { allowedRoots: config.datasetRoots }),
      inject: [ImportDataset, ARTIFACTS, CONFIG],
    },
  ],
})
export class DatasetsModule {}
