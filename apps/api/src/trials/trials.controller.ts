import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { page, type Trial, trial, trialCurve, trialListQuery } from '#api-contract';
import { QueryTrials } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam, type TrialParam, trialParam } from '../http/path-params.js';
import { toTrial, toTrialListRequest } from './trial.mapper.js';

@ApiTags('trials')
@Controller('v1/studies/:id/trials')
export class TrialsController {
  constructor(private readonly trials: QueryTrials) {}

  @Get()
  @Documented({ summary: 'Trials of a study, page by page', schema: page(trial), problems: [400, 404] })
  async list(
    @Param({ schema: idParam }) { id }: IdParam,
    @Query({ schema: trialListQuery }) query: z.infer<typeof trialListQuery>,
  ) {
    const { items, nextCursor } = await this.trials.list(id, toTrialListRequest(query));
    return { items: items.map(toTrial), nextCursor };
  }

  @Get(':number')
  @Documented({ summary: 'One trial', schema: trial, problems: [400, 404] })
  async show(@Param({ schema: trialParam }) { id, number }: TrialParam): Promise<Trial> {
    return toTrial(await this.trials.show(id, number));
  }

  @Get(':number/curve')
  @Documented({ summary: 'Loss and accuracy of a trial by epoch', schema: trialCurve, problems: [400, 404] })
  async curve(@Param({ schema: trialParam }) { id, number }: TrialParam) {
    return this.trials.curve(id, number);
  }
}
