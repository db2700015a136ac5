import { Body, Controller, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type ClaimRequest, claim, claimRequest } from '#api-contract';
import { ClaimWork } from '#search';
import { Documented } from '../http/documented.js';
import { WorkerTokenGuard } from './worker-token.guard.js';

@ApiTags('worker protocol')
@ApiBearerAuth('worker')
@UseGuards(WorkerTokenGuard)
@Controller('v1/worker/claim')
export class ClaimController {
  constructor(private readonly claimWork: ClaimWork) {}

  @Post()
  @HttpCode(200)
  @Documented({ summary: 'Ask for work', schema: claim, problems: [400, 401, 403, 413] })
  @ApiResponse({ status: 204, description: 'There is nothing to do' })
  async claim(@Body({ schema: claimRequest }) request: ClaimRequest, @Res({ passthrough: true }) response: Response) {
    const work = await this.claimWork.run(request);
    if (work === null) response.status(204);
    return work ?? undefined;
  }
}
