import { Module } from '@nestjs/common';
import { AlgorithmsController } from './algorithms.controller.js';

@Module({ controllers: [AlgorithmsController] })
export class AlgorithmsModule {}
