import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { boundsOf } from './bounds.js';
import { integerIn, numberIn, repeated } from './command.js';
import { asArguments } from './delegate.js';
import { buildProgram } from './program.js';

describe('buildProgram()', () => {
  test('has every command, each with --json, an example and the exit codes in its help', () => {
    const leaves = leavesOf(buildProgram());
    expect(leaves.map(({ name }) => name)).toEqual([
      'demo',
      'start',
      'worker',
      'dataset import',
      'dataset list',
      'dataset show',
      'study create',
      'study list',
      'study watch',
      'study show',
      'study stop',
      'study resume',
      'trials',
      'pareto',
      'export',
      'predict',
      'profile list',
      'profile remeasure',
      'zoo list',
      'zoo show',
      'zoo fetch',
      'zoo import',
      'zoo verify',
      'zoo pretrain',
      'draw insects',
      'engine link-tensorflow',
      'storage',
      'database-url',
      'doctor',
    ]);
    for (const { name, command } of leaves) {
      const help = helpOf(command);
      expect(help, name).toContain(`$ retune ${name}`);
      expect(help, name).toContain('--json');
      expect(help, name).toMatch(/ 4 +nothing found that meets the constraints/);
    }
  });

  test.each([
    { args: ['pareto'], why: /missing required argument 'study'/ },
    { args: ['pareto', 'x', '--min-accuracy', '3'], why: /a number from 0 up to 1/ },
    { args: ['pareto', 'x', '--max-latency-ms', '0'], why: /a number above 0\./ },
    { args: ['start', '--port', '70000'], why: /a whole number from 0 to 65535/ },
    { args: ['dataset', 'import', '.'], why: /required option '--name <name>'/ },
    { args: ['trials', 'x', '--sate', 'FAIL'], why: /unknown option '--sate'/ },
    { args: ['bogus'], why: /unknown command 'bogus'/ },
  ])('refuses $args as wrong usage, before anything is done', async ({ args, why }) => {
    let said = '';
    const program = buildProgram();
    everyCommand(program, (command) =>
      command.exitOverride().configureOutput({ writeErr: (text) => (said += text), writeOut: () => undefined }),
    );
    await expect(program.parseAsync(['node', 'retune', ...args])).rejects.toMatchObject({ name: 'CommanderError' });
    expect(said).toMatch(why);
  });
});

describe('options', () => {
  test('integerIn() takes whole numbers of its range only', () => {
    const parse = integerIn(0, 9);
    expect([parse('0'), parse('9')]).toEqual([0, 9]);
    for (const text of ['', ' ', '-1', '10', '1.5', '1e0', 'x'])
      expect(() => parse(text), text).toThrow(/whole number/);
  });

  test('numberIn() takes its bounds where it is inclusive', () => {
    expect(numberIn(0, 1, true)('0')).toBe(0);
    expect(() => numberIn(0, 1, false)('0')).toThrow(/above 0 up to 1/);
    for (const text of ['', 'NaN', 'x', '2']) expect(() => numberIn(0, 1, true)(text), text).toThrow(/a number from 0/);
  });

  test('boundsOf() passes on what was given only', () => {
    expect(boundsOf({ maxLatencyMs: 5, minAccuracy: undefined })).toEqual({ maxLatencyMs: 5 });
    expect(boundsOf({})).toEqual({});
  });

  test('repeated() and asArguments() bring a list through', () => {
    const names = repeated('b', repeated('a', undefined));
    expect(asArguments({ architecture: names, seed: 0, out: undefined })).toEqual([
      '--architecture',
      'a',
      '--architecture',
      'b',
      '--seed',
      '0',
    ]);
  });
});

function leavesOf(command: Command, path = ''): { name: string; command: Command }[] {
  if (command.commands.length === 0) return [{ name: path, command }];
  return command.commands.flatMap((child) => leavesOf(child, `${path} ${child.name()}`.trim()));
}

function everyCommand(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) everyCommand(child, act);
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}
