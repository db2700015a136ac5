import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Problem } from './problem.js';

/** Figures of searches that need not be run again: a peer of one version gives the same for the same seed. */
export class PeersFile {
  readonly #figures: Record<string, number | null>;

  /** @param path Read if it is there, written by `set`; none keeps the figures in memory. @throws {SyntaxError} */
  constructor(private readonly path?: string) {
    const isThere = path !== undefined && existsSync(path);
    this.#figures = isThere ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number | null>) : {};
  }

  /** Of Optuna, of which the file has something. */
  versions(): string[] {
    return [...new Set(Object.keys(this.#figures).flatMap((key) => /^optuna (\S+) /.exec(key)?.[1] ?? []))];
  }

  /** Undefined where the search was not run; NaN where it found nothing feasible. */
  get(version: string, problem: Problem, sampler: string, seed: number): number | undefined {
    const figure = this.#figures[keyOf(version, problem, sampler, seed)];
    return figure === null ? Number.NaN : figure;
  }

  set(version: string, problem: Problem, sampler: string, seed: number, figure: number): void {
    this.#figures[keyOf(version, problem, sampler, seed)] = figure;
    if (this.path === undefined) return;
    // A run may be ended at any moment, and an hour of searches is in the file.
    const sorted = Object.entries(this.#figures).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(`${this.path}.new`, `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
    renameSync(`${this.path}.new`, this.path);
  }
}

function keyOf(version: string, { name, trials }: Problem, sampler: string, seed: number): string {
  return `optuna ${version} / ${name}, ${trials} trials / ${sampler} / seed ${seed}`;
}
