import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

const seconds = (fallback: number) => z.coerce.number().positive().max(86_400).default(fallback);
const notEmpty = (text: string | undefined) => (text === '' ? undefined : text);

/** Environment variables of the service, by name. An empty variable counts as absent. */
const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(4680),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
      .optional(),
    RETUNE_DATA: z.string().min(1).optional(),
    RETUNE_WORKER_TOKEN: z.string().min(16).max(512).optional(),
    /** Folders one of which must hold every dataset, `:` between them. */
    RETUNE_DATASET_ROOTS: z
      .string()
      .transform((text) => text.split(':').filter(Boolean))
      .refine((roots) => roots.length > 0 && roots.every((root) => isAbsolute(root)), 'must be absolute paths')
      .optional(),
    RETUNE_LOG_LEVEL: z.enum(['debug', 'log', 'warn', 'error']).default('log'),
    RETUNE_LEASE_SECONDS: seconds(60),
    RETUNE_HEARTBEAT_SECONDS: seconds(10),
    RETUNE_REAP_SECONDS: seconds(5),
    RETUNE_CHECKPOINT_BYTES: z.coerce
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .default(10 * 2 ** 30),
  })
  .refine(
    ({ RETUNE_LEASE_SECONDS, RETUNE_HEARTBEAT_SECONDS }) => RETUNE_LEASE_SECONDS >= 3 * RETUNE_HEARTBEAT_SECONDS,
    {
      path: ['RETUNE_HEARTBEAT_SECONDS'],
      message: 'must be at most a third of RETUNE_LEASE_SECONDS',
    },
  );

/** Settings of one API process. */
export interface Config {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Null: embedded Postgres in the data folder. */
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataFolder: string;
  /** Null: read from `worker-token` in the data folder, made there at the first start. */
  readonly workerToken: string | null;
  /** Folders one of which must hold every dataset; null: any folder. */
  readonly datasetRoots: readonly string[] | null;
  readonly logLevel: 'debug' | 'log' | 'warn' | 'error';
  /** How long a claim is held without a heartbeat, how often a worker is told to beat, and how often leases are swept. */
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly reapSeconds: number;
  /** Bytes of checkpoints and of states to go on from, beyond which losers' are deleted, the longest unused first. */
  readonly checkpointBytes: number;
}

/** Every setting that cannot be used, in one message of one line: logs and their readers go by lines. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Cannot start with these settings: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

/**
 * The settings from environment variables and `--data FOLDER`, checked and frozen.
 *
 * @throws {ConfigError} naming all mistakes together; never with the value of a secret.
 */
export function parseConfig(
  variables: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  workingFolder: string,
): Config {
  const known = Object.keys(environment.shape).map((name) => [name, notEmpty(variables[name])] as const);
  const parsed = environment.safeParse(Object.fromEntries(known));
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const folder = dataArgument(args, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const values = parsed.data;
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL ?? null,
    dataFolder: resolve(workingFolder, folder ?? values.RETUNE_DATA ?? 'data'),
    workerToken: values.RETUNE_WORKER_TOKEN ?? null,
    datasetRoots: values.RETUNE_DATASET_ROOTS ?? null,
    logLevel: values.RETUNE_LOG_LEVEL,
    leaseSeconds: values.RETUNE_LEASE_SECONDS,
    heartbeatSeconds: values.RETUNE_HEARTBEAT_SECONDS,
    reapSeconds: values.RETUNE_REAP_SECONDS,
    checkpointBytes: values.RETUNE_CHECKPOINT_BYTES,
  });
}

/** The settings of this process: the only place that reads its environment. */
export function readConfig(): Config {
  return parseConfig(process.env, process.argv.slice(2), process.cwd());
}

function dataArgument(args: readonly string[], problems: string[]): string | undefined {
  let folder: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const [name, inline] = args[index].split(/=(.*)/s);
    if (name !== '--data') {
      problems.push(`${args[index]}: unknown argument, must be --data FOLDER`);
      continue;
    }
    folder = inline ?? args[++index];
    if (!folder) problems.push('--data: must be followed by a folder');
  }
  return folder;
}
