import type { Command } from 'commander';
import { addCommand, integerIn } from '../command.js';
import { runDemo } from '../demo/run-demo.js';

/** `retune demo`: the whole way once, on pictures drawn for it. */
export function addDemoCommand(program: Command): void {
  addCommand<{ trials?: number }>(program, {
    signature: 'demo',
    description: 'see it work: draw pictures, run a study over HTTP, export and try the best model; a few minutes',
    examples: ['retune demo --data ./data'],
    data: true,
    options: (command) =>
      command.option('--trials <count>', 'a shorter study than the 20 trials of demo.yaml', integerIn(1, 20)),
    run: (session, _, { trials }) => runDemo(session, trials),
  });
}
