import { readFileSync } from 'node:fs';

/** Reads `test/golden/optuna/<name>.golden.json`; the script that made it lies beside it. */
export function readGolden<Shape>(name: string): Shape {
  return JSON.parse(
    readFileSync(new URL(`../../../../test/golden/optuna/${name}.golden.json`, import.meta.url), 'utf8'),
  );
}
