/** @file How far ETAs were from what studies took, on a service and worker of their own; `--help` tells the options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { algorithms, type Dataset } from '#api-contract';
import { drawInsects } from '#dataset/pictures';
import { ApiClient } from '../../../apps/cli/src/api-client.js';
import { delay } from '../../../apps/cli/src/interruption.js';
import { Service } from '../../../apps/cli/src/service.js';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { goalsOf } from './goals.js';
import { measureStudy } from './measure-study.js';
import { type EtaOptions, parseOptions, usage } from './options.js';
import type { Row } from './row.js';
import { tableOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:eta: ${error.message}`);
  process.exitCode = 2;
}

async function compare({ studies, pictures, json }: EtaOptions): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  const about = machine();
  const { cpu, cores, memoryGiB, loadBefore } = about;
  console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB, load average ${Number(loadBefore).toFixed(1)}`);
  const root = mkdtempSync(join(tmpdir(), 'retune-eta-'));
  const folder = join(root, 'insects');
  await drawInsects({ folder, train: pictures, validation: Math.ceil(pictures / 2), seed: 1 });
  const dataFolder = join(root, 'data');
  const started = { dataFolder, host: '127.0.0.1', port: 0, worker: true, devices: 'cpu', signal: stop.signal };
  const service = await Service.start(started);
  try {
    const client = new ApiClient(service.url, stop.signal);
    const work = measure(client, folder, studies, stop.signal);
    const rows = await Promise.race([work, service.failed().then((error) => Promise.reject(error))]);
    const goals = goalsOf(rows);
    console.log(`\n${tableOf(rows)}\n\n${goalLines(goals).join('\n')}`);
    const report: BenchReport<Row> = { bench: 'eta', machine: about, versions: engineVersions(), rows, goals };
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await service.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

async function measure(
  client: ApiClient,
  folder: string,
  studies: EtaOptions['studies'],
  signal: AbortSignal,
): Promise<Row[]> {
  const known = algorithms.parse(await (await fetch(`${client.url}/v1/algorithms`, { signal })).json());
  const names = new Set(known.samplers.map(({ name }) => name));
  const { id } = await importInsects(client, folder, signal);
  const rows: Row[] = [];
  for (const study of studies) {
    const sampler = study.sampler?.name;
    if (sampler !== undefined && !names.has(sampler)) {
      console.error(`${study.name}: left out, this service has no sampler ${sampler}`);
      continue;
    }
    console.error(`${study.name} …`);
    const row = await measureStudy(client, id, study, signal);
    console.error(`  ${row.seconds.toFixed(0)} s`);
    rows.push(row);
  }
  return rows;
}

async function importInsects(client: ApiClient, path: string, signal: AbortSignal): Promise<Dataset> {
  let dataset = await client.createDataset({ name: 'insects', path, validationFraction: 0.2, seed: 0 });
  while (dataset.state === 'IMPORTING') {
    await delay(100, signal);
    dataset = await client.dataset(dataset.id);
  }
  if (dataset.state === 'FAILED') throw new Error(`Cannot import ${path}: ${dataset.failure}`);
  return dataset;
}
