import type { ExecutionDevice } from '#engine';
import type { Prepared, Workload } from '../engine/workload.js';
import { ProgressLines } from '../side/progress-lines.js';
import type { StepProcess } from '../side/step-process.js';
import type { GpuOptions } from './gpu-options.js';
import { type GpuRow, type Speed, type TorchVariant, withRatios } from './gpu-row.js';
import { type Gauge, gauge, startEngine } from './measure-gpu.js';
import type { TorchSide } from './torch-side.js';

const classes = 10;

/** A shallow trial: so many epochs of the head. A cache of features serves so many trials. */
export const shallowEpochs = 5;
export const shallowTrials = 20;

/** What is compared, on what. */
export interface GpuComparison {
  readonly options: GpuOptions;
  readonly devices: readonly ExecutionDevice[];
  readonly torch: TorchSide | undefined;
  readonly gauge: Gauge;
  /** Why nothing can be measured, if so: every row then says it. */
  readonly unusable?: string;
}

interface Job {
  readonly kinds: readonly GpuRow['kind'][];
  readonly network: string;
  readonly batch: number;
  readonly device: ExecutionDevice;
}

/** All rows, the smallest batch and the shallow trials first; what the time does not allow is a row that says so. */
export async function compareOnGpu(comparison: GpuComparison): Promise<GpuRow[]> {
  const { options, devices } = comparison;
  const jobsOf = (kinds: Job['kinds'], batch: number): Job[] =>
    devices.flatMap((device) => options.networks.map((network) => ({ kinds, network, batch, device })));
  const [first, ...others] = options.batches;
  const jobs = [
    ...jobsOf(['training', 'inference'], first),
    ...jobsOf(['shallow'], first),
    ...others.flatMap((batch) => jobsOf(['training', 'inference'], batch)),
  ];
  const progress = new ProgressLines(
    jobs.map(({ kinds }) => kinds.length),
    (line) => console.error(line),
  );
  const rows: GpuRow[] = [];
  for (const job of jobs) {
    progress.begin(`${job.kinds.join(' and ')}: ${job.network}, batch ${job.batch}, ${job.device.provider}`);
    rows.push(...(await rowsOf(job, comparison)));
  }
  return rows;
}

async function rowsOf(job: Job, comparison: GpuComparison): Promise<GpuRow[]> {
  const rows: GpuRow[] = [];
  const { options, torch, gauge: limits, unusable } = comparison;
  for (const kind of job.kinds) {
    const notes: string[] = [];
    let torchBatches: Partial<Record<TorchVariant, Speed>> = {};
    let ours: { engine: Speed; compileMs: number; nodesOnCpu: number } | undefined;
    const reason = unusable ?? (performance.now() > limits.deadlineMs ? 'left out: the time is over' : undefined);
    if (reason !== undefined) {
      notes.push(reason);
    } else {
      // A process for each row: what another row left in memory would count.
      const side = await startEngine();
      try {
        ours = await (kind === 'shallow' ? shallow(side, job, comparison) : throughput(side, kind, job, comparison));
      } catch (error) {
        notes.push((error as Error).message);
      } finally {
        await side.kill();
      }
      const { network, batch } = job;
      const work = { kind, network, batch, size: options.size, classes };
      torchBatches = (await torch?.speeds(work, limits, (problem) => notes.push(problem))) ?? {};
    }
    if (torch === undefined) notes.push('PyTorch is missing');
    const perBatch = kind === 'shallow' ? job.batch / (options.examples * shallowEpochs) : job.batch;
    const { network, batch, device } = job;
    rows.push(
      withRatios({
        kind,
        network,
        size: options.size,
        batch,
        device: device.provider,
        engine: ours?.engine ?? null,
        compileMs: ours?.compileMs ?? null,
        nodesOnCpu: ours?.nodesOnCpu ?? null,
        torch: scaled(torchBatches, perBatch),
        ...(notes.length > 0 ? { note: notes.join(' · ') } : {}),
      }),
    );
  }
  return rows;
}

async function throughput(
  side: StepProcess,
  kind: 'training' | 'inference',
  job: Job,
  { options, gauge: limits }: GpuComparison,
) {
  const gauged = await gauge(side, { prepare: workloadOf(kind, job, options), device: job.device }, limits);
  return {
    engine: { rate: job.batch / gauged.secondsPerUnit, card: gauged.card },
    compileMs: gauged.compileMs ?? 0,
    nodesOnCpu: leftToProcessor(gauged),
  };
}

/** Trials a second when the features of all pictures are computed once and then shared by `shallowTrials` trials. */
async function shallow(side: StepProcess, job: Job, { options, gauge: limits }: GpuComparison) {
  const frozen = await gauge(side, { prepare: workloadOf('frozen', job, options), device: job.device }, limits);
  const shape = frozen.outputShape ?? [];
  const head: Workload = {
    ...workloadOf('head', job, options),
    batch: Math.min(job.batch, options.examples),
    features: [shape[shape.length - 1], ...shape.slice(0, -1)],
    examples: options.examples,
  };
  const epoch = await gauge(side, { prepare: head, device: job.device }, limits);
  const pass = frozen.secondsPerUnit * Math.ceil(options.examples / job.batch);
  const seconds = pass + shallowTrials * shallowEpochs * epoch.secondsPerUnit;
  return {
    engine: { rate: shallowTrials / seconds, card: frozen.card },
    compileMs: (frozen.compileMs ?? 0) + (epoch.compileMs ?? 0),
    nodesOnCpu: leftToProcessor(frozen) + leftToProcessor(epoch),
  };
}

function workloadOf(kind: Workload['kind'], { network, batch }: Job, { size }: GpuOptions): Workload {
  return { kind, network, size, batch, classes };
}

/** Without the loop over steps and the flag that it goes on: those are the processor's on every device. */
function leftToProcessor({ nodesOnCpu = [] }: Prepared): number {
  return nodesOnCpu
    .filter(({ operator }) => operator !== 'Loop' && operator !== 'Identity')
    .reduce((sum, { nodes }) => sum + nodes, 0);
}

function scaled(speeds: Partial<Record<TorchVariant, Speed>>, factor: number): Partial<Record<TorchVariant, Speed>> {
  return Object.fromEntries(
    Object.entries(speeds).map(([variant, { rate, card }]) => [variant, { rate: rate * factor, card }]),
  );
}
