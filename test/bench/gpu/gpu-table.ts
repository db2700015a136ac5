import { textTable } from '../side/text-table.js';
import type { GpuRow, Speed } from './gpu-row.js';

const titles: Readonly<Record<GpuRow['kind'], string>> = {
  training: 'training, images/s',
  inference: 'inference, images/s',
  shallow: 'shallow trials/s, ours from cached features',
};

/** A table for each kind of row; `ratio` is our rate over PyTorch's better fp32 rate. */
export function gpuTables(rows: readonly GpuRow[]): string {
  return (Object.keys(titles) as GpuRow['kind'][])
    .filter((kind) => rows.some((row) => row.kind === kind))
    .map((kind) => [titles[kind], tableOf(rows.filter((row) => row.kind === kind))].join('\n'))
    .join('\n\n');
}

function tableOf(rows: readonly GpuRow[]): string {
  const header = [
    'network',
    'px',
    'batch',
    'device',
    'engine',
    'fp32',
    'fp32 c_last',
    'bf16 c_last',
    'ratio',
    'to bf16',
  ];
  const use = ['MiB', 'torch MiB', 'busy', 'torch busy', 'compile ms', 'on cpu', ''];
  const lines = rows.map(
    ({ network, size, batch, device, engine, torch, ratio, ratioToBf16, compileMs, nodesOnCpu, note }) => {
      const { fp32, fp32_channels_last: channelsLast, bf16_channels_last: bf16 } = torch;
      const peer = (channelsLast?.rate ?? 0) > (fp32?.rate ?? 0) ? channelsLast : fp32;
      return [
        ...[network, size, batch, device, rate(engine), rate(fp32), rate(channelsLast), rate(bf16)],
        ...[ratio?.toFixed(2) ?? '-', ratioToBf16?.toFixed(2) ?? '-', memory(engine), memory(peer)],
        ...[busy(engine), busy(peer), compileMs?.toFixed(0) ?? '-', nodesOnCpu ?? '-', note ?? ''],
      ];
    },
  );
  return textTable([...header, ...use], lines);
}

function rate(speed: Speed | null | undefined): string {
  if (!speed) return '-';
  return speed.rate >= 10 ? speed.rate.toFixed(1) : speed.rate.toPrecision(3);
}

function memory(speed: Speed | null | undefined): string {
  return speed?.card ? speed.card.memoryMiB.toFixed(0) : '-';
}

function busy(speed: Speed | null | undefined): string {
  return speed?.card ? `${(100 * speed.card.utilisation).toFixed(0)} %` : '-';
}
