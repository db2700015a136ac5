import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { OpenStreams } from './open-streams.js';

@Module({ controllers: [EventsController], providers: [OpenStreams] })
export class EventsModule {}
