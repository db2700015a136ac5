import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  type FinishExportRequest,
  finishExportRequest,
  type HeartbeatRequest,
  heartbeatRequest,
  heartbeatResponse,
  releaseRequest,
} from '#api-contract';
import { ManageExports } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toExportOutcome, toHeartbeatResponse } from './worker-protocol.mapper.js';
import { WorkerTokenGuard } from './worker-token.guard.js';

const problems = [400, 401, 403, 409, 413];

@ApiTags('worker protocol')
@ApiBearerAuth('worker')
@UseGuards(WorkerTokenGuard)
@Controller('v1/worker/exports/:id')
export class ExportWorkController {
  constructor(private readonly exports: ManageExports) {}

  @Post('heartbeat')
  @HttpCode(200)
  @Documented({ summary: 'Keep the lease of an export', schema: heartbeatResponse, problems })
  async heartbeat(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: heartbeatRequest }) { attempt }: HeartbeatRequest,
  ) {
    return toHeartbeatResponse(await this.exports.heartbeat(id, attempt));
  }

  @Post('finish')
  @HttpCode(204)
  @Documented({ summary: 'End an export with its verification', status: 204, problems })
  async finish(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: finishExportRequest }) body: FinishExportRequest,
  ): Promise<void> {
    await this.exports.finish(id, body.attempt, toExportOutcome(body));
  }

  @Post('release')
  @HttpCode(204)
  @Documented({ summary: 'Give an export back; the attempt does not count', status: 204, problems })
  async release(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: releaseRequest }) { attempt }: HeartbeatRequest,
  ): Promise<void> {
    await this.exports.release(id, attempt);
  }
}
