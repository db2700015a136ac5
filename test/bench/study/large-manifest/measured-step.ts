import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one piece of bookkeeping costs. */
export interface MeasuredStep {
  readonly step: string;
  /** Wall time. */
  readonly seconds: number;
  /** What its result holds in memory; null where nothing is kept. */
  readonly heldBytes: number | null;
  /** What it leaves on disk, or where `null` nothing. */
  readonly diskBytes: number | null;
  readonly note?: string;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Does the work once, and counts what its result holds. */
export async function measureStep<Result>(
  step: string,
  work: () => Result | Promise<Result>,
  about: (result: Result) => Partial<Pick<MeasuredStep, 'diskBytes' | 'note'>> = () => ({}),
): Promise<{ readonly row: MeasuredStep; readonly result: Result }> {
  const before = heldBytes();
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const held = Math.max(0, heldBytes() - before);
  return { row: { step, seconds, heldBytes: held, diskBytes: null, ...about(result) }, result };
}

/** What is reachable: what a weak map lets go goes after several collections only. */
function heldBytes(): number {
  let bytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    bytes = Math.min(bytes, heapUsed + arrayBuffers);
  }
  return bytes;
}
