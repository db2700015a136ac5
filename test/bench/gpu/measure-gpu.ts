import { fileURLToPath } from 'node:url';
import type { ExecutionDevice } from '#engine';
import type { Prepared, RunAnswer, Workload } from '../engine/workload.js';
import { median } from '../side/median.js';
import { StepProcess } from '../side/step-process.js';
import type { CardSampler } from './card-sampler.js';
import type { Speed } from './gpu-row.js';

/** How long one speed is measured, after two units to warm up. */
const rounds = 3;
const secondsPerRound = 1;
const mostUnits = 50;

/** One row that stands still must not take the time of all others. */
const mostMsPerAnswer = 90_000;

/** What every measurement needs. */
export interface Gauge {
  readonly card: CardSampler;
  /** Monotonic, ms: when everything must be over. */
  readonly deadlineMs: number;
}

/** A side's speed, and what preparing it told. */
export interface Gauged extends Prepared {
  readonly secondsPerUnit: number;
  readonly card: Speed['card'];
}

/** Prepares a workload on a side and times it; `request` is what the side's process understands. */
export async function gauge(side: StepProcess, request: object, { card, deadlineMs }: Gauge): Promise<Gauged> {
  const left = () => Math.max(1, Math.min(mostMsPerAnswer, deadlineMs - performance.now()));
  const run = async (units: number) => (await side.ask<RunAnswer>({ run: units }, left())).seconds / units;
  card.begin();
  const prepared = await side.ask<Prepared>(request, left());
  await run(1);
  const seconds = await run(1);
  const units = Math.max(1, Math.min(mostUnits, Math.round(secondsPerRound / seconds)));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await run(units));
  return { ...prepared, secondsPerUnit: median(times), card: card.use() };
}

/** Our engine, in a process of its own. */
export async function startEngine(): Promise<StepProcess> {
  const entry = fileURLToPath(new URL('../engine/engine-process.js', import.meta.url));
  const side = new StepProcess([process.execPath, entry]);
  await side.ask();
  return side;
}

/** Why a device cannot be used, undefined where it computes: a small network answers once on it. */
export async function problemOf(device: ExecutionDevice): Promise<string | undefined> {
  const workload: Workload = {
    kind: 'inference',
    network: 'squeezenet1_1',
    size: 32,
    batch: 1,
    classes: 2,
    threads: 1,
  };
  const side = await startEngine();
  try {
    await side.ask({ prepare: workload, device }, 60_000);
    await side.ask({ run: 1 }, 60_000);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await side.kill();
  }
}
