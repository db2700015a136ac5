import { Module } from '@nestjs/common';
import { ClaimController } from './claim.controller.js';
import { ExportWorkController } from './export-work.controller.js';
import { PreparationWorkController } from './preparation-work.controller.js';
import { TrialWorkController } from './trial-work.controller.js';

@Module({ controllers: [ClaimController, TrialWorkController, ExportWorkController, PreparationWorkController] })
export class WorkerProtocolModule {}
