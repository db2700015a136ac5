import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type ParetoFront, type ParetoQuery, paretoFront, paretoQuery } from '#api-contract';
import { QueryPareto } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toParetoFront } from './pareto.mapper.js';

@ApiTags('studies')
@Controller('v1/studies/:id/pareto')
export class ParetoController {
  constructor(private readonly pareto: QueryPareto) {}

  @Get()
  @Documented({ summary: 'The feasible Pareto front, best first', schema: paretoFront, problems: [400, 404] })
  async front(
    @Param({ schema: idParam }) { id }: IdParam,
    @Query({ schema: paretoQuery }) bounds: ParetoQuery,
  ): Promise<ParetoFront> {
    return toParetoFront(await this.pareto.run(id, bounds));
  }
}
