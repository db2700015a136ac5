import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { type CreateStudyRequest, createStudyRequest, page, type Study, study, studyListQuery } from '#api-contract';
import { CreateStudy, ManageStudies } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toStudy } from './study.mapper.js';

@ApiTags('studies')
@Controller('v1/studies')
export class StudiesController {
  constructor(
    private readonly createStudy: CreateStudy,
    private readonly studies: ManageStudies,
  ) {}

  @Post()
  @Documented({ summary: 'Start a search', status: 201, schema: study, problems: [400, 403, 413] })
  async create(@Body({ schema: createStudyRequest }) body: CreateStudyRequest): Promise<Study> {
    const { id } = await this.createStudy.run(body);
    return toStudy(await this.studies.show(id));
  }

  @Get()
  @Documented({ summary: 'Studies, newest first', schema: page(study), problems: [400] })
  async list(@Query({ schema: studyListQuery }) query: z.infer<typeof studyListQuery>) {
    const { items, nextCursor } = await this.studies.list(query);
    return { items: items.map(toStudy), nextCursor };
  }

  @Get(':id')
  @Documented({ summary: 'A study with its progress', schema: study, problems: [400, 404] })
  async show(@Param({ schema: idParam }) { id }: IdParam): Promise<Study> {
    return toStudy(await this.studies.show(id));
  }

  @Post(':id/stop')
  @HttpCode(200)
  @Documented({
    summary: 'Begin no more trials and cancel the running ones',
    schema: study,
    problems: [400, 403, 404, 409],
  })
  async stop(@Param({ schema: idParam }) { id }: IdParam): Promise<Study> {
    return toStudy(await this.studies.stop(id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Documented({ summary: 'Go on with a stopped study', schema: study, problems: [400, 403, 404, 409] })
  async resume(@Param({ schema: idParam }) { id }: IdParam): Promise<Study> {
    return toStudy(await this.studies.resume(id));
  }
}
