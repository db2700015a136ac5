import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  page,
  profile,
  profileListQuery,
  type RemeasureRequest,
  type RemeasureResponse,
  remeasureRequest,
  remeasureResponse,
} from '#api-contract';
import { ManagePreparations } from '#search';
import { Documented } from '../http/documented.js';
import { toProfile } from './profile.mapper.js';

@ApiTags('profiles')
@Controller('v1/profiles')
export class ProfilesController {
  constructor(private readonly preparations: ManagePreparations) {}

  @Get()
  @Documented({
    summary: 'What architectures cost on each device, measured before any training; the newest first',
    schema: page(profile),
    problems: [400],
  })
  async list(@Query({ schema: profileListQuery }) query: z.infer<typeof profileListQuery>) {
    const { items, nextCursor } = await this.preparations.listProfiles(query);
    return { items: items.map(toProfile), nextCursor };
  }

  @Post('remeasure')
  @HttpCode(202)
  @Documented({
    summary: 'Have profiles measured anew by the next worker on their device',
    status: 202,
    description: 'What is on record stays until the new profile replaces it',
    schema: remeasureResponse,
    problems: [400, 403, 413],
  })
  async remeasure(@Body({ schema: remeasureRequest }) filter: RemeasureRequest): Promise<RemeasureResponse> {
    return { profiles: await this.preparations.remeasure(filter) };
  }
}
