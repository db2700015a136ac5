import { Module } from '@nestjs/common';
import { ArchitecturesController } from './architectures.controller.js';

@Module({ controllers: [ArchitecturesController] })
export class ArchitecturesModule {}
