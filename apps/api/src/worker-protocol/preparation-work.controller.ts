import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  type FinishPreparationRequest,
  finishPreparationRequest,
  type HeartbeatRequest,
  heartbeatRequest,
  heartbeatResponse,
  releaseRequest,
} from '#api-contract';
import { ManagePreparations } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toHeartbeatResponse, toPreparationOutcome } from './worker-protocol.mapper.js';
import { WorkerTokenGuard } from './worker-token.guard.js';

const problems = [400, 401, 403, 409, 413];

@ApiTags('worker protocol')
@ApiBearerAuth('worker')
@UseGuards(WorkerTokenGuard)
@Controller('v1/worker/preparations/:id')
export class PreparationWorkController {
  constructor(private readonly preparations: ManagePreparations) {}

  @Post('heartbeat')
  @HttpCode(200)
  @Documented({ summary: 'Keep the lease of a profile or probe', schema: heartbeatResponse, problems })
  async heartbeat(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: heartbeatRequest }) { attempt }: HeartbeatRequest,
  ) {
    return toHeartbeatResponse(await this.preparations.heartbeat(id, attempt));
  }

  @Post('finish')
  @HttpCode(204)
  @Documented({ summary: 'End a profile or probe with its result', status: 204, problems })
  async finish(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: finishPreparationRequest }) body: FinishPreparationRequest,
  ): Promise<void> {
    await this.preparations.finish(id, body.attempt, toPreparationOutcome(body));
  }

  @Post('release')
  @HttpCode(204)
  @Documented({ summary: 'Give a profile or probe back; the attempt does not count', status: 204, problems })
  async release(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: releaseRequest }) { attempt }: HeartbeatRequest,
  ): Promise<void> {
    await this.preparations.release(id, attempt);
  }
}
