import { numberOption, readValues, UsageError } from '../side/bench-options.js';
import { type BenchStudy, plannerStudy, quickStudies, studies } from './studies.js';

/** What a person asked for. */
export interface EtaOptions {
  readonly studies: readonly BenchStudy[];
  /** Pictures of each class to train on; half as many to validate on. */
  readonly pictures: number;
  readonly quick: boolean;
  readonly json?: string;
  readonly help: boolean;
}

export const usage = `npm run bench:eta -- [options]

Runs studies on a service and worker of its own, on the processor, one after the other, and prints how far the ETAs that the
service gave on the way were from what the studies took, and how often their 90 % intervals held it.

  --study TEXT    only studies whose name contains the text; repeatable
  --pictures N    of each class to train on (default 120; --quick 40)
  --quick         two short studies: about a minute
  --json FILE     also write the rows and goals`;

const optionTypes = {
  study: { type: 'string', multiple: true },
  pictures: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws {UsageError} if an option is unknown, out of range, or no study has such a name. */
export function parseOptions(args: readonly string[]): EtaOptions {
  const { quick = false, help = false, json, study, pictures } = readValues(args, optionTypes);
  const all = quick ? quickStudies : [...studies, plannerStudy];
  const chosen = study === undefined ? all : all.filter(({ name }) => study.some((text) => name.includes(text)));
  if (chosen.length === 0) {
    throw new UsageError(
      `--study is ${study?.join(', ')}, must be part of one of ${all.map(({ name }) => name).join('; ')}`,
    );
  }
  return {
    studies: chosen,
    pictures: pictures === undefined ? (quick ? 40 : 120) : numberOption('pictures', pictures, 8, 10_000),
    quick,
    help,
    ...(json === undefined ? {} : { json }),
  };
}
