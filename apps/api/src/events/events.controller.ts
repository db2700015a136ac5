import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { ManageStudies } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { eventStream } from './event-stream.js';
import { OpenStreams } from './open-streams.js';

const lastEventId = z.coerce.number().int().min(0).catch(0);

@ApiTags('studies')
@Controller('v1/studies/:id/events')
export class EventsController {
  constructor(
    private readonly studies: ManageStudies,
    private readonly streams: OpenStreams,
  ) {}

  @Get()
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Go on after this event; absent: from the first.' })
  @Documented({
    summary: 'What happens in a study, as server-sent events',
    description:
      '`id:` grows; `event:` is the type and `data:` a StudyEvent as JSON. A comment is sent when it is quiet.',
    media: 'text/event-stream',
    problems: [400, 404],
  })
  async events(
    @Param({ schema: idParam }) { id }: IdParam,
    @Headers('last-event-id') lastId: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    await this.studies.show(id);
    const signal = this.streams.signalFor(response);
    const stream = eventStream(this.studies, id, lastEventId.parse(lastId ?? 0), signal);
    response.setHeader('X-Accel-Buffering', 'no');
    return new StreamableFile(Readable.from(stream, { objectMode: false }), { type: 'text/event-stream' });
  }
}
