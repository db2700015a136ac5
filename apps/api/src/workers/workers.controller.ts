import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type WorkerList, workerList } from '#api-contract';
import type { SearchStorage } from '#search';
import { Documented } from '../http/documented.js';
import { STORAGE } from '../injection-tokens.js';
import { toWorker } from './worker.mapper.js';

@ApiTags('workers')
@Controller('v1/workers')
export class WorkersController {
  constructor(@Inject(STORAGE) private readonly storage: SearchStorage) {}

  @Get()
  @Documented({ summary: 'Workers that have asked for work, the last seen first', schema: workerList })
  async list(): Promise<WorkerList> {
    return { items: (await this.storage.workers.list()).map(toWorker) };
  }
}
