import { Module } from '@nestjs/common';
import { ParetoController } from './pareto.controller.js';

@Module({ controllers: [ParetoController] })
export class ParetoModule {}
