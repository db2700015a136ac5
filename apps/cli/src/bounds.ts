import type { Command } from 'commander';
import type { ParetoQuery } from '#api-contract';
import { numberIn } from './command.js';

/** Adds the options that bound a front, on top of the study's own constraints. */
export function addBounds(command: Command): Command {
  const positive = numberIn(0, Number.POSITIVE_INFINITY, false);
  return command
    .option('--max-latency-ms <ms>', 'slowest p95 latency of a batch', positive)
    .option('--min-accuracy <0..1>', 'lowest accuracy on the validation pictures', numberIn(0, 1, true))
    .option('--max-size-bytes <bytes>', 'largest model', positive)
    .option('--max-train-seconds <s>', 'longest training', positive);
}

/** The bounds among a command's options; empty where none was given. */
export function boundsOf(options: ParetoQuery): ParetoQuery {
  const { maxLatencyMs, minAccuracy, maxSizeBytes, maxTrainSeconds } = options;
  const given = Object.entries({ maxLatencyMs, minAccuracy, maxSizeBytes, maxTrainSeconds });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
