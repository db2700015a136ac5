import type { Command } from 'commander';
import type { Study } from '#api-contract';
import { CliError } from '../cli-error.js';
import { addCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { findDataset, findStudy } from '../references.js';
import { renderPlan } from '../render-plan.js';
import { showStudy } from '../show-study.js';
import { readStudyFile } from '../study-file.js';
import { renderStudies, renderStudy } from '../tables.js';

interface CreateOptions {
  jsonFile?: string;
  dryRun?: boolean;
  watch?: boolean;
}

/** `retune study …`. */
export function addStudyCommands(program: Command): void {
  const group = program
    .command('study')
    .description('searches over architecture, retrain depth, learning rate, epochs');
  addCreate(group);
  addCommand(group, {
    signature: 'list',
    description: 'list the studies',
    examples: ['retune study list'],
    http: true,
    run: async ({ client, output }) => {
      const items = await client.studies();
      output.result({ items }, () => (items.length === 0 ? 'No studies yet.' : renderStudies(items)));
    },
  });
  addCommand(group, {
    signature: 'watch <study>',
    description:
      'follow a study until it ends: 4 where nothing it found will do, 1 where it was stopped; --json: news as lines',
    examples: ['retune study watch insects'],
    http: true,
    run: async ({ client, output, signal }, [reference]) => {
      tellEnd(await showStudy(client, await findStudy(client, reference as string), output, signal), output);
    },
  });
  addOneStudy(
    group,
    'show',
    'show a study, by name or id: its space, its trials by state, the time left',
    (client, id) => client.study(id),
  );
  addOneStudy(group, 'stop', 'stop a study: running trials are cancelled, what is finished stays', (client, id) =>
    client.stopStudy(id),
  );
  addOneStudy(group, 'resume', 'go on with a stopped study', (client, id) => client.resumeStudy(id));
}

function addCreate(group: Command): void {
  addCommand<CreateOptions>(group, {
    signature: 'create [file]',
    description: 'create a study from a YAML file; wrong fields are named before anything is sent',
    examples: [
      'retune study create configs/studies/demo.yaml --watch',
      'retune study create configs/studies/demo.yaml --dry-run',
      'retune study create --json-file study.json',
    ],
    http: true,
    options: (command) =>
      command
        .option('--json-file <file>', 'the study as JSON, in place of the YAML file')
        .option('--dry-run', 'say what it would do and how long that would take, and create nothing')
        .option('--watch', 'follow it until it ends'),
    run: async ({ client, output, signal }, [file], { jsonFile, dryRun, watch }) => {
      const path = jsonFile ?? (file as string | undefined);
      if (path === undefined || (jsonFile !== undefined && file !== undefined)) {
        throw new CliError('Name one file: FILE.yaml or --json-file FILE', exitCode.badInput);
      }
      const { spec, dataset } = await readStudyFile(path);
      const datasetId = 'id' in dataset ? dataset.id : (await findDataset(client, dataset.name)).id;
      if (dryRun) {
        const plan = await client.planStudy({ ...spec, datasetId });
        output.result(plan, () => renderPlan(plan));
        return;
      }
      const study = await client.createStudy({ ...spec, datasetId });
      if (!watch) {
        output.result(study, () => renderStudy(study));
        return;
      }
      output.event({ kind: 'study', study });
      output.line(renderStudy(study));
      tellEnd(await showStudy(client, study, output, signal), output);
    },
  });
}

type OneStudy = (client: Parameters<typeof findStudy>[0], id: string) => Promise<Study>;

function addOneStudy(group: Command, name: string, description: string, act: OneStudy): void {
  addCommand(group, {
    signature: `${name} <study>`,
    description,
    examples: [`retune study ${name} insects`],
    http: true,
    run: async ({ client, output }, [reference]) => {
      const found = await findStudy(client, reference as string);
      const study = await act(client, found.id);
      output.result(study, () => renderStudy(study));
    },
  });
}

/** @throws {CliError} where the study was stopped, or nothing that it found meets the constraints. */
function tellEnd({ name, state, progress, bestTrialNumber }: Study, output: Output): void {
  const best = bestTrialNumber === null ? 'no trial meets the constraints' : `best #${bestTrialNumber}`;
  output.line(`${name}: ${state}, ${progress.finished} trials finished, ${best}.`);
  if (state === 'STOPPED') throw new CliError(`The study ${name} was stopped before its end`);
  if (bestTrialNumber === null) {
    throw new CliError(`No trial of ${name} meets the constraints`, exitCode.nothingFeasible, [
      `"retune pareto ${name}" says what the nearest one misses.`,
    ]);
  }
}
