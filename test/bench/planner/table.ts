import { textTable } from '../side/text-table.js';
import type { PlanRow } from './measure-plan.js';
import { parts, type StrategyRow } from './measure-strategy.js';

/** A table per world: volume ± standard error after each part of the time. */
export function strategyTables(rows: readonly StrategyRow[], secondsOf: (world: string) => number): string {
  const worlds = [...new Set(rows.map(({ world }) => world))];
  return worlds
    .map((world) => {
      const header = [
        world,
        ...parts.map((part) => `${Math.round(part * secondsOf(world))} s`),
        'end',
        'trials',
        'ms/trial',
        '',
      ];
      const lines = rows
        .filter((row) => row.world === world)
        .map(({ strategy, volumes, seconds, trials, msPerTrial }) => [
          strategy,
          ...volumes.map(({ mean, standardError }) => `${mean.toFixed(3)} ± ${standardError.toFixed(3)}`),
          `${Math.round(seconds)} s`,
          Math.round(trials),
          msPerTrial.toFixed(1),
          '',
        ]);
      return textTable(header, lines);
    })
    .join('\n\n');
}

export function planTable(rows: readonly PlanRow[]): string {
  const header = [
    'trials on record',
    'networks',
    'objectives',
    'median ms',
    'longest ms',
    'garbage MiB',
    'history MiB',
    '',
  ];
  return textTable(
    header,
    rows.map((row) => [
      String(row.trials),
      row.architectures,
      row.objectives,
      row.medianMs.toFixed(0),
      row.longestMs.toFixed(0),
      row.garbageMiB.toFixed(1),
      row.historyMiB.toFixed(1),
      '',
    ]),
  );
}
