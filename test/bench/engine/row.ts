import { median } from '../side/median.js';
import type { Rounds } from './alternate.js';
import { type Kind, type Scene, type TorchFormat, torchFormats } from './workload.js';

/** A line of the table. Seconds are medians over the rounds of one training step, one batch, or one epoch of a head. */
export interface Row extends Scene {
  readonly kind: Kind;
  readonly batch: number;
  readonly engineSeconds: number | null;
  /** By memory format; the better counts. */
  readonly torchSeconds: Readonly<Partial<Record<TorchFormat, number>>>;
  /** The format that counts. */
  readonly torchFormat: TorchFormat | null;
  /** Median of PyTorch's time over ours, round by round: above 1 ours is ahead. */
  readonly ratio: number | null;
  readonly rounds: number;
  /** Tracing, lowering and opening the session, ms. */
  readonly compileMs: number | null;
  /** Whether part of it was found in the cache folder. */
  readonly fromCache: boolean;
  /** Most memory each side's process held, of training alone: the other rows share the processes. */
  readonly engineBytes: number | null;
  readonly torchBytes: number | null;
  /** Ours over PyTorch's. */
  readonly memoryRatio: number | null;
  /** Why a number is missing, or what was done differently. */
  readonly note?: string;
}

/** What was measured of one workload. */
export interface Measured {
  readonly scene: Scene;
  readonly kind: Kind;
  readonly batch: number;
  readonly rounds: Rounds;
  readonly compileMs: number | null;
  readonly fromCache?: boolean;
  /** Peaks by side. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly note?: string;
}

/** The name of our side among the rounds; PyTorch's are named by their memory format. */
export const engineSide = 'engine';

/** Medians, ratios and memory of a measured workload. */
export function rowOf({ scene, kind, batch, rounds, compileMs, fromCache = false, bytes, note }: Measured): Row {
  const engine = rounds.get(engineSide) ?? [];
  const formats = torchFormats.filter((format) => (rounds.get(format)?.length ?? 0) > 0);
  const medians = formats.map((format) => [format, median(rounds.get(format) ?? [])] as const);
  const [best] = [...medians].sort(([, a], [, b]) => a - b);
  const torch = best === undefined ? [] : (rounds.get(best[0]) ?? []);
  const both = torch.slice(0, engine.length).map((seconds, round) => seconds / engine[round]);
  const engineBytes = kind === 'training' ? (bytes.get(engineSide) ?? null) : null;
  const torchBytes = kind === 'training' && best !== undefined ? (bytes.get(best[0]) ?? null) : null;
  return {
    ...scene,
    kind,
    batch,
    engineSeconds: engine.length > 0 ? median(engine) : null,
    torchSeconds: Object.fromEntries(medians),
    torchFormat: best?.[0] ?? null,
    ratio: both.length > 0 ? median(both) : null,
    rounds: Math.max(engine.length, torch.length),
    compileMs,
    fromCache,
    engineBytes,
    torchBytes,
    memoryRatio: engineBytes !== null && torchBytes !== null ? engineBytes / torchBytes : null,
    ...(note === undefined ? {} : { note }),
  };
}
