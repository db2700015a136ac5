import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type ArchitectureCard, architectureCard, architectureList } from '#api-contract';
import { Documented } from '../http/documented.js';
import { type ArchitectureParam, architectureParam } from '../http/path-params.js';
import { toArchitecture, toArchitectureCard } from './architecture.mapper.js';
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

  @Get(':name')
  @Documented({
    summary: 'An architecture with all that its card says, and the weights that torchvision publishes of it',
    schema: architectureCard,
    problems: [400, 404],
  })
  show(@Param({ schema: architectureParam }) { name }: ArchitectureParam): ArchitectureCard {
    return toArchitectureCard(this.zoo.entry(name));
  }
}
