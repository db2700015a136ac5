import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { queryNumber } from '#api-contract';
import { ManageStudies } from '#search';
import { Documented } from '../http/documented.js';
import { type IdParam, idParam } from '../http/path-params.js';
import { toStudy } from '../studies/study.mapper.js';
import { eventStream } from './event-stream.js';
import { lastEventId } from './last-event-id.js';
import { OpenStreams } from './open-streams.js';

const eventsQuery = z.strictObject({ after: queryNumber(z.number().int().min(0)).optional() });

@ApiTags('studies')
@Controller('v1/studies/:id/events')
export class EventsController {
  constructor(
    private readonly studies: ManageStudies,
    private readonly streams: OpenStreams,
  ) {}

  @Get()
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Like `after`, and stronger.' })
  @Documented({
    summary: 'What happens in a study, as server-sent events',
    description:
      'What happens from now on, or after the event `after` (0: from the first). `id:` grows, `event:` is the type and ' +
      '`data:` a StudyEvent as JSON; a comment is sent when it is quiet. ' +
      '`study.progress` follows what happened, without an `id:`: trials finished and wanted, and the ETA with its interval.',
    media: 'text/event-stream',
    problems: [400, 404],
  })
  async events(
    @Param({ schema: idParam }) { id }: IdParam,
    @Query({ schema: eventsQuery }) { after }: z.infer<typeof eventsQuery>,
    @Headers('last-event-id') header: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    await this.studies.show(id);
    const lastId = lastEventId(header) ?? after ?? (await this.studies.lastEventId(id));
    const progress = async () => {
      const { progress: counted, eta } = toStudy(await this.studies.show(id));
      return { ...counted, eta };
    };
    const stream = eventStream(this.studies, id, lastId, this.streams.signalFor(response), { progress });
    response.setHeader('X-Accel-Buffering', 'no');
    return new StreamableFile(Readable.from(stream, { objectMode: false }), { type: 'text/event-stream' });
  }
}
