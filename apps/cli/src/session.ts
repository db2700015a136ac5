import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { config } from './config.js';
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
  return {
    output: new Output({
      json: options.json === true,
      stdout: process.stdout,
      stderr: process.stderr,
      colour: config.colour,
    }),
    signal,
    clientAt,
    client: clientAt(options.api ?? config.apiUrl),
    dataFolder: options.data === undefined ? config.dataFolder : resolve(options.data),
  };
}
