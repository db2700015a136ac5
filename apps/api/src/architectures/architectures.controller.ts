import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { architectureList } from '#api-contract';
import { Documented } from '../http/documented.js';
import { toArchitecture } from './architecture.mapper.js';
import { ZooCatalog } from './zoo-catalog.js';

@ApiTags('catalogue')
@Controller('v1/architectures')
export class ArchitecturesController {
  constructor(private readonly zoo: ZooCatalog) {}

  @Get()
  @Documented({ summary: 'Architectures of the zoo, with the pretrained weights at hand', schema: architectureList })
  list() {
    return { items: this.zoo.entries().map(toArchitecture) };
  }
}
