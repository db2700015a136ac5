import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Storage, storage } from '#api-contract';
import { QueryStorage } from '#search';
import { Documented } from '../http/documented.js';
import { toStorage } from './storage.mapper.js';

@ApiTags('storage')
@Controller('v1/storage')
export class StorageController {
  constructor(private readonly query: QueryStorage) {}

  @Get()
  @Documented({ summary: 'How much is stored, by kind', schema: storage, problems: [] })
  async show(): Promise<Storage> {
    return toStorage(await this.query.run());
  }
}
