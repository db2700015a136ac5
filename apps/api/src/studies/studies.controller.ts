import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import {
  type CreateStudyQuery,
  type CreateStudyRequest,
  createStudyQuery,
  createStudyRequest,
  page,
  type Study,
  type StudyPlan,
  study,
  studyListQuery,
  studyPlan,
} from '#api-contract';
import { CreateStudy, ManageStudies, PlanStudy } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toStudy } from './study.mapper.js';
import { toStudyPlan } from './study-plan.mapper.js';

@ApiTags('studies')
@Controller('v1/studies')
export class StudiesController {
  constructor(
    private readonly createStudy: CreateStudy,
    private readonly planStudy: PlanStudy,
    private readonly studies: ManageStudies,
  ) {}

  @Post()
  @Documented({ summary: 'Start a search', status: 201, schema: study, problems: [400, 403, 413] })
  @ApiResponse({
    status: 200,
    description: 'With dryRun=true: what the study would do and how long it would take; nothing is stored',
    standardSchema: studyPlan,
  })
  async create(
    @Query({ schema: createStudyQuery }) { dryRun }: CreateStudyQuery,
    @Body({ schema: createStudyRequest }) body: CreateStudyRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Study | StudyPlan> {
    if (dryRun === 'true') {
      response.status(200);
      return toStudyPlan(await this.planStudy.run(body));
    }
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
