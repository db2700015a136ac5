import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { runDemo } from '../demo/run-demo.js';

/** `retune demo`: the whole way once, on pictures drawn for it. */
export function addDemoCommand(program: Command): void {
  addCommand(program, {
    signature: 'demo',
    description: 'see it work: draw pictures, run a study over HTTP, export and try the best model; a few minutes',
    examples: ['retune demo --data ./data'],
    data: true,
    run: runDemo,
  });
}
