import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { ArtifactStore } from '#artifacts';
import type { Config } from '../config.js';
import { ARTIFACTS, CONFIG } from '../injection-tokens.js';
import { ExportFiles } from './export-files.js';
import { ExportsController } from './exports.controller.js';

@Module({
  controllers: [ExportsController],
  providers: [
    {
      provide: ExportFiles,
      useFactory: (artifacts: ArtifactStore, { dataFolder }: Config) =>
        new ExportFiles(artifacts, join(dataFolder, 'exports')),
      inject: [ARTIFACTS, CONFIG],
    },
  ],
})
export class ExportsModule {}
