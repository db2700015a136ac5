import type { ExecutionProvider } from '#engine';
import type { CardUse } from './card-sampler.js';

/** PyTorch's ways of running one workload. */
export const torchVariants = ['fp32', 'fp32_channels_last', 'bf16_channels_last'] as const;
export type TorchVariant = (typeof torchVariants)[number];

/** A side's speed and what the card did meanwhile. */
export interface Speed {
  /** Images a second, or trials a second of a `shallow` row. */
  readonly rate: number;
  readonly card: CardUse | null;
}

/** A line of the table. */
export interface GpuRow {
  /** `shallow`: trials of the head, features cached once for all of them against computed anew by each epoch. */
  readonly kind: 'training' | 'inference' | 'shallow';
  readonly network: string;
  readonly size: number;
  readonly batch: number;
  readonly device: ExecutionProvider;
  readonly engine: Speed | null;
  readonly compileMs: number | null;
  /** Nodes that the device leaves to the processor, beside the loop itself. */
  readonly nodesOnCpu: number | null;
  readonly torch: Readonly<Partial<Record<TorchVariant, Speed>>>;
  /** Our rate over PyTorch's better fp32 rate: above 1 ours is ahead. */
  readonly ratio: number | null;
  /** Our fp32 rate over PyTorch's in bf16. */
  readonly ratioToBf16: number | null;
  readonly note?: string;
}

/** Ratios of a row from its rates. */
export function withRatios(row: Omit<GpuRow, 'ratio' | 'ratioToBf16'>): GpuRow {
  const rates = torchVariants.flatMap((variant) =>
    variant.startsWith('fp32') ? (row.torch[variant]?.rate ?? []) : [],
  );
  const bf16 = row.torch.bf16_channels_last?.rate;
  return {
    ...row,
    ratio: row.engine !== null && rates.length > 0 ? row.engine.rate / Math.max(...rates) : null,
    ratioToBf16: row.engine !== null && bf16 !== undefined ? row.engine.rate / bf16 : null,
  };
}
