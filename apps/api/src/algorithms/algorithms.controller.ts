import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Algorithms, algorithms } from '#api-contract';
import { pruners } from '#optuna-ts-client';
import { studySamplers } from '#search';
import { Documented } from '../http/documented.js';
import { toAlgorithm } from './algorithm.mapper.js';

@ApiTags('catalogue')
@Controller('v1/algorithms')
export class AlgorithmsController {
  @Get()
  @Documented({ summary: 'Samplers and pruners that a study can name', schema: algorithms })
  list(): Algorithms {
    return { samplers: studySamplers.map(toAlgorithm), pruners: pruners.map(toAlgorithm) };
  }
}
