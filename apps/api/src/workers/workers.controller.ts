import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { type WorkerList, workerList, workerListQuery } from '#api-contract';
import { QueryWorkers } from '#search';
import { Documented } from '../http/documented.js';
import { toWorker } from './worker.mapper.js';

@ApiTags('workers')
@Controller('v1/workers')
export class WorkersController {
  constructor(private readonly workers: QueryWorkers) {}

  @Get()
  @Documented({
    summary: 'Workers that have asked for work, the last seen first',
    schema: workerList,
    problems: [400],
  })
  async list(@Query({ schema: workerListQuery }) { limit }: z.infer<typeof workerListQuery>): Promise<WorkerList> {
    return { items: (await this.workers.list(limit)).map(toWorker) };
  }
}
