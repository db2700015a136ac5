import { resolve } from 'node:path';

/** What the environment decides. `process.env` is read here and nowhere else. */
export interface Config {
  /** Where the service is; `--api` overrules it. */
  readonly apiUrl: string;
  /** Absolute path of the data folder; `--data` overrules it. */
  readonly dataFolder: string;
  /** Where the API listens, as text; `--port` overrules it. */
  readonly port: string;
  /** The address it listens at; `--host` overrules it. */
  readonly host: string;
  /** An own Postgres server in place of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Devices of workers, as `--devices` takes them; `--devices` overrules it. */
  readonly devices: string | undefined;
  /** False where NO_COLOR is set: see no-color.org. */
  readonly colour: boolean;
}

/** Where the API listens unless told otherwise. */
const defaultPort = 4680;

/**
 * Reads the configuration.
 *
 * @param folder What a relative RETUNE_DATA and the default `data` are relative to.
 */
export function readConfig(environment: NodeJS.ProcessEnv, folder: string): Config {
  return Object.freeze({
    apiUrl: environment.RETUNE_API || `http://127.0.0.1:${defaultPort}`,
    dataFolder: resolve(folder, environment.RETUNE_DATA || 'data'),
    port: environment.PORT || String(defaultPort),
    host: environment.HOST || '127.0.0.1',
    databaseUrl: environment.DATABASE_URL || undefined,
    devices: environment.RETUNE_DEVICES || undefined,
    colour: !environment.NO_COLOR,
  });
}

export const config: Config = readConfig(process.env, process.cwd());

/** The environment of a child process: that of this one, and what is added. */
export function childEnvironment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...added };
}
