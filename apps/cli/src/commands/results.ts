import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ParetoQuery } from '#api-contract';
import { addBounds, boundsOf } from '../bounds.js';
import { CliError } from '../cli-error.js';
import { addCommand, integerIn } from '../command.js';
import { exitCode } from '../exit-code.js';
import { exportModel, verificationText } from '../export-model.js';
import { formatBytes } from '../quantities.js';
import { findStudy } from '../references.js';
import { renderFront, renderTrials } from '../tables.js';

interface ExportOptions extends ParetoQuery {
  trial?: number;
  out?: string;
  force?: boolean;
}

/** `retune trials`, `retune pareto` and `retune export`: what a study found. */
export function addResultCommands(program: Command): void {
  addCommand<{ state?: string }>(program, {
    signature: 'trials <study>',
    description: 'list the trials of a study; * marks those on the front',
    examples: ['retune trials insects --state COMPLETE', 'retune trials insects --json | jq ".items[].measures"'],
    http: true,
    options: (command) => command.option('--state <state>', 'WAITING, RUNNING, COMPLETE, PRUNED or FAIL'),
    run: async ({ client, output }, [reference], { state }) => {
      const study = await findStudy(client, reference as string);
      const items = await client.trials(study.id, { state: state?.toUpperCase() });
      output.result({ items }, () => (items.length === 0 ? 'No trials.' : renderTrials(items)));
    },
  });
  addPareto(program);
  addExport(program);
}

function addPareto(program: Command): void {
  addCommand<ParetoQuery>(program, {
    signature: 'pareto <study>',
    description: 'the ranked front of the trials that meet the constraints; the first is the one to take',
    examples: ['retune pareto insects --max-latency-ms 20 --min-accuracy 0.9'],
    http: true,
    options: addBounds,
    run: async ({ client, output }, [reference], options) => {
      const study = await findStudy(client, reference as string);
      const front = await client.pareto(study.id, boundsOf(options));
      const summary = `${front.feasible} of ${front.considered} finished trials meet every bound.`;
      if (output.json || front.items.length > 0) output.result(front, () => `${renderFront(front)}\n\n${summary}`);
      if (front.items.length > 0) return;
      throw new CliError(`No trial of ${study.name} meets the constraints`, exitCode.nothingFeasible, [
        front.explanation ?? summary,
      ]);
    },
  });
}

function addExport(program: Command): void {
  addCommand<ExportOptions>(program, {
    signature: 'export <study>',
    description: 'export the best trial (or one by number, or the best within bounds) as a verified folder',
    examples: ['retune export insects --out ./insect-model', 'retune export insects --trial 7'],
    http: true,
    options: (command) =>
      addBounds(command)
        .option('--trial <number>', 'this trial', integerIn(0, 1_000_000_000))
        .option('--out <folder>', 'where to (default: ./STUDY-trial-NUMBER)')
        .option('--force', 'replace an earlier export in that folder, if nothing else is in it'),
    run: async ({ client, output, signal }, [reference], { trial, out, force, ...options }) => {
      const constraints = boundsOf(options);
      if (trial !== undefined && Object.keys(constraints).length > 0) {
        throw new CliError('Give --trial or bounds, not both', exitCode.badInput);
      }
      const study = await findStudy(client, reference as string);
      const order = {
        studyId: study.id,
        request: trial === undefined ? { constraints } : { trialNumber: trial },
        folder:
          out === undefined ? (number: number) => resolve(`${fileName(study.name)}-trial-${number}`) : resolve(out),
        replace: force === true,
      };
      const { exported, folder } = await exportModel(client, order, output, signal);
      output.result({ ...exported, folder }, () =>
        [
          `Exported trial #${exported.trialNumber} to ${folder}`,
          ...exported.files.map(({ name, bytes }) => `  ${name.padEnd(20)} ${formatBytes(bytes)}`),
          verificationText(exported),
        ].join('\n'),
      );
    },
  });
}

/** A study's name as a file name. */
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'study';
}
