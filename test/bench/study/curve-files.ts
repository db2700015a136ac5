import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotCurves } from './plot-curves.js';
import { latencySources, type SearchedRun } from './row.js';

/** Writes curves.csv, trials.csv and curves.svg into the folder, which is made if missing. */
export function writeCurveFiles(folder: string, runs: readonly SearchedRun[], seconds: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'curves.csv'), curvesCsv(runs));
  writeFileSync(join(folder, 'trials.csv'), trialsCsv(runs));
  writeFileSync(join(folder, 'curves.svg'), plotCurves(runs, seconds));
}

/** A line for every step of a curve: from that second on the search had that hypervolume. */
export function curvesCsv(runs: readonly SearchedRun[]): string {
  const lines = latencySources.flatMap((source) =>
    runs.flatMap(({ side, seed, curves }) =>
      curves[source].map(({ second, hypervolume }) => [source, side, seed, second.toFixed(3), hypervolume.toFixed(6)]),
    ),
  );
  return csv(['latency', 'side', 'seed', 'second', 'hypervolume'], lines);
}

/** A line for every trial that has ended. */
export function trialsCsv(runs: readonly SearchedRun[]): string {
  const header = [
    ...['side', 'seed', 'second', 'trialSeconds', 'state', 'architecture', 'retrainDepth', 'learningRate', 'epochs'],
    ...['accuracy', 'latencyP95Ms', 'why'],
  ];
  const lines = runs.flatMap(({ side, seed, trials }) =>
    trials.map((trial) => [
      ...[side, seed, trial.second.toFixed(3), trial.trialSeconds.toFixed(3), trial.state, trial.architecture],
      ...[trial.retrainDepth, trial.learningRate, trial.epochs, trial.accuracy ?? '', trial.latencyMs ?? '', trial.why],
    ]),
  );
  return csv(header, lines);
}

function csv(header: readonly string[], lines: readonly (readonly (string | number | boolean)[])[]): string {
  return [header, ...lines].map((line) => `${line.map(field).join(',')}\n`).join('');
}

function field(value: string | number | boolean): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
