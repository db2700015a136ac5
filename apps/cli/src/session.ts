import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { config } from './config.js';
import { exitCode } from './exit-code.js';
import { listenForInterruption } from './interruption.js';
import { Output } from './output.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly api?: string;
  readonly data?: string;
}

/** What a command works with. */
export interface Session {
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Of the service at --api. */
  readonly client: ApiClient;
  /** The service at another place. */
  clientAt(url: string): ApiClient;
  /** Absolute path. */
  readonly dataFolder: string;
}

/** Opens the session of one run of a command. */
export function openSession(command: Command): Session {
  const options = command.optsWithGlobals<CommonOptions>();
  const { signal } = listenForInterruption();
  const clientAt = (url: string) => new ApiClient(url.replace(/\/+$/, ''), signal);
  const { api } = options;
  return {
    output: new Output({
      json: options.json === true,
      stdout: process.stdout,
      stderr: process.stderr,
      colour: config.colour,
    }),
    signal,
    clientAt,
    get client() {
      return clientAt(serviceUrl(api ?? config.apiUrl, api === undefined ? 'RETUNE_API' : '--api'));
    },
    dataFolder: options.data === undefined ? config.dataFolder : resolve(options.data),
  };
}

/** @throws {CliError} naming where it came from when it is no address of a service. */
function serviceUrl(text: string, origin: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CliError(`${origin} is ${JSON.stringify(text)}`, exitCode.badInput, [
    'Allowed: the address of the service, e.g. http://127.0.0.1:4680.',
  ]);
}
