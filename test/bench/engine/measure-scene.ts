import { fileURLToPath } from 'node:url';
import { findCard } from '#model-zoo';
import { scriptPath } from '../side/script-path.js';
import { MemoryLimitError, StepProcess } from '../side/step-process.js';
import { alternate } from './alternate.js';
import type { PlannedScene } from './options.js';
import { paceOf } from './pace.js';
import { engineSide, type Row, rowOf } from './row.js';
import { type Kind, type Prepared, type RunAnswer, type Scene, torchFormats, type Workload } from './workload.js';

/** How scenes are measured. */
export interface MeasureSettings {
  /** Absent where PyTorch is missing: rows then say so. */
  readonly python?: string;
  /** Fewer and shorter rounds. */
  readonly quick: boolean;
  /** Memory of each side. Training has the batch of 16, or the first half of it that fits. */
  readonly limitBytes: number;
  /** Where our engine keeps what compiling made. */
  readonly cacheFolder?: string;
}

const classes = 10;
const trainingBatch = 16;
const inferenceBatch = 4;

/** Cached examples of a head's epoch. */
export const headExamples = 240;

/**
 * The rows of a network at one size and thread count. All share a process for each side, training first: the peak that
 * a side has then is that of the training.
 */
export async function measureScene(scene: PlannedScene, settings: MeasureSettings): Promise<Row[]> {
  for (let batch = trainingBatch; ; batch /= 2) {
    const rows: Row[] = [];
    let sides = new Map<string, StepProcess>();
    try {
      sides = await startSides(settings);
      for (const kind of scene.kinds) rows.push(await measure(workloadOf(scene, kind, batch), sides, settings));
      await Promise.all([...sides.values()].map((side) => side.stop()));
      return rows;
    } catch (error) {
      if (error instanceof MemoryLimitError && batch > 1 && rows.length === 0) continue;
      const unmeasured = scene.kinds.slice(rows.length).map((kind) => workloadOf(scene, kind, batch));
      return [...rows, ...unmeasured.map((workload) => missingRow(workload, (error as Error).message))];
    } finally {
      await Promise.all([...sides.values()].map((side) => side.kill()));
    }
  }
}

/** Ours, and PyTorch once for each memory format. */
async function startSides({ python, limitBytes }: MeasureSettings): Promise<Map<string, StepProcess>> {
  const engine = [process.execPath, fileURLToPath(new URL('./engine-process.js', import.meta.url))];
  const sides = new Map([[engineSide as string, new StepProcess(engine, { limitBytes })]]);
  if (python !== undefined) {
    for (const format of torchFormats) {
      sides.set(format, new StepProcess([python, scriptPath('engine/torch_steps.py')], { limitBytes }));
    }
  }
  const started = await Promise.allSettled([...sides.values()].map((side) => side.ask()));
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed === undefined) return sides;
  await Promise.all([...sides.values()].map((side) => side.kill()));
  throw (failed as PromiseRejectedResult).reason;
}

function workloadOf(scene: Scene, kind: Kind, batch: number): Workload & Scene {
  const common = { ...scene, kind, classes, batch: kind === 'inference' ? inferenceBatch : batch };
  if (kind !== 'head') return common;
  const { headInput, defaultImageSize } = findCard(scene.network);
  // Channels come first in torch. The card knows the features of its crop size, which is therefore the head's.
  const features = [headInput[headInput.length - 1], ...headInput.slice(0, -1)];
  return { ...common, size: defaultImageSize, features, examples: headExamples };
}

async function measure(
  workload: Workload & Scene,
  sides: ReadonlyMap<string, StepProcess>,
  { quick, python, cacheFolder, limitBytes }: MeasureSettings,
): Promise<Row> {
  // A head reads vectors: there is no layout to choose.
  const taking = [...sides].filter(([name]) => workload.kind !== 'head' || name !== 'channels_last');
  let engine: Prepared = {};
  const bytes = new Map<string, number>();
  for (const [name, side] of taking) {
    const prepared = await side.ask<Prepared>({ prepare: { ...workload, format: name, cacheFolder } });
    if (name === engineSide) engine = prepared;
  }
  const rounds = await alternate(
    taking.map(([name, side]) => ({
      name,
      async run(units) {
        const { seconds, peakBytes } = await side.ask<RunAnswer>({ run: units });
        bytes.set(name, peakBytes);
        return seconds;
      },
    })),
    paceOf(workload.kind, quick),
  );
  const { kind, batch, network, size, threads } = workload;
  const notes = [
    ...(kind !== 'inference' && batch < trainingBatch ? [`${2 * batch} does not fit ${limitBytes / 2 ** 30} GiB`] : []),
    ...(python === undefined ? ['PyTorch is missing'] : []),
  ];
  return rowOf({
    scene: { network, size, threads },
    kind,
    batch,
    rounds,
    compileMs: engine.compileMs ?? null,
    fromCache: engine.fromCache ?? false,
    bytes,
    ...(notes.length > 0 ? { note: notes.join(', ') } : {}),
  });
}

function missingRow({ kind, batch, network, size, threads }: Workload & Scene, note: string): Row {
  const scene = { network, size, threads };
  return rowOf({ scene, kind, batch, rounds: new Map(), compileMs: null, bytes: new Map(), note });
}
