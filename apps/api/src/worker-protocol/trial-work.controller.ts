import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import {
  type ContinueRequest,
  type ContinueResponse,
  continueRequest,
  continueResponse,
  type FinishTrialRequest,
  finishTrialRequest,
  type HeartbeatRequest,
  heartbeatRequest,
  heartbeatResponse,
  type ProfileRequest,
  profileRequest,
  type ReportRequest,
  releaseRequest,
  reportRequest,
  type Verdict,
  verdict,
} from '#api-contract';
import { ContinueTraining, RunTrial } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toContinueResponse, toHeartbeatResponse, toTrialOutcome } from './worker-protocol.mapper.js';
import { WorkerTokenGuard } from './worker-token.guard.js';

const problems = [400, 401, 403, 409, 413];

@ApiTags('worker protocol')
@ApiBearerAuth('worker')
@UseGuards(WorkerTokenGuard)
@Controller('v1/worker/trials/:id')
export class TrialWorkController {
  constructor(
    private readonly runTrial: RunTrial,
    private readonly continueTraining: ContinueTraining,
  ) {}

  @Post('heartbeat')
  @HttpCode(200)
  @Documented({ summary: 'Keep the lease of a trial', schema: heartbeatResponse, problems })
  async heartbeat(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: heartbeatRequest }) { attempt }: HeartbeatRequest,
  ) {
    return toHeartbeatResponse(await this.runTrial.heartbeat(id, attempt));
  }

  @Post('profile')
  @HttpCode(200)
  @Documented({ summary: 'Report what is known before training', schema: verdict, problems })
  profile(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: profileRequest }) { attempt, measures, latencyDevice }: ProfileRequest,
  ): Promise<Verdict> {
    return this.runTrial.profile(id, attempt, measures, latencyDevice);
  }

  @Post('continue')
  @HttpCode(200)
  @Documented({ summary: 'Go on where an equal training stopped', schema: continueResponse, problems })
  async continue(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: continueRequest }) { attempt, ...request }: ContinueRequest,
  ): Promise<ContinueResponse> {
    return toContinueResponse(await this.continueTraining.run(id, attempt, request));
  }

  @Post('report')
  @HttpCode(200)
  @Documented({ summary: 'Report one epoch', schema: verdict, problems })
  report(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: reportRequest }) { attempt, report, point }: ReportRequest,
  ): Promise<Verdict> {
    return this.runTrial.report(id, attempt, report, point);
  }

  @Post('finish')
  @HttpCode(204)
  @Documented({ summary: 'End a trial with its result', status: 204, problems })
  async finish(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: finishTrialRequest }) body: FinishTrialRequest,
  ): Promise<void> {
    await this.runTrial.finish(id, body.attempt, toTrialOutcome(body));
  }

  @Post('release')
  @HttpCode(204)
  @Documented({ summary: 'Give a trial back; the attempt does not count', status: 204, problems })
  async release(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: releaseRequest }) { attempt }: HeartbeatRequest,
  ): Promise<void> {
    await this.runTrial.release(id, attempt);
  }
}
