import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './closing-line-reporter.js';
import { LongestFirst } from './longest-first.js';

// The `source` condition makes `#lib` imports resolve to TypeScript sources: what a test imports is never a stale build.
// Processes that a test starts run the compiled files, which `npm test` builds first.
const conditions = ['source', 'module', 'node', 'development|production'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
};

const unit = {
  environment: 'node',
  testTimeout: 60_000,
  // Vitest's default leaves a core to its own process, which has next to nothing to do.
  maxWorkers: availableParallelism(),
};
const everyUnit = ['libs/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'];
/**
 * Code that leaves nothing behind in its process: the files of these folders share one per worker, and what it has
 * loaded. All others have a process each, since the tensor library's backend, sharp's loaders and a mocked module are the
 * whole process's.
 */
const stateless = [
  'libs/{primitives,api-contract,ranking,optuna-ts-client,search}/src/**/*.test.ts',
  'apps/{api,cli}/src/**/*.test.ts',
];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['default', new ClosingLineReporter()],
    sequence: { sequencer: LongestFirst },
    projects: [
      { ...shared, test: { ...unit, name: 'unit', include: stateless, isolate: false } },
      { ...shared, test: { ...unit, name: 'unit-alone', include: everyUnit, exclude: stateless } },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // Each file has its data folders, ports and database of its own; the largest networks need 7 GB.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
