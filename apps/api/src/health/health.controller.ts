import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Health, health } from '#api-contract';
import { Documented } from '../http/documented.js';
import { HealthCheck } from './health-check.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly check: HealthCheck) {}

  @Get('live')
  @Documented({ summary: 'Whether the process answers', schema: health })
  live(): Promise<Health> {
    return this.check.run();
  }

  @Get('ready')
  @Documented({ summary: 'Whether the service can work: the database answers', schema: health })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Health> {
    const result = await this.check.run();
    response.status(result.status === 'ok' ? 200 : 503);
    return result;
  }
}
