import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../apps/cli/bin/retune.mjs', import.meta.url));

/** How a command ended, and what it printed. */
export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a command runs. */
export interface CliOptions {
  /** Working folder. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The command leads a process group, as in a terminal. @default false */
  readonly group?: boolean;
}

/** A command that runs: its process, all it has printed so far, and its end. */
export interface RunningCli {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CliEnd>;
  /** Resolves with the match as soon as stdout holds it; rejects when the command ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `retune` as a person would, through its launcher; nothing of this process' settings for it comes along. */
export function startCli(args: readonly string[], { folder, env = {}, group = false }: CliOptions): RunningCli {
  const { RETUNE_API: _, RETUNE_DATA: __, DATABASE_URL: ___, RETUNE_DEVICES: ____, ...inherited } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { ...inherited, ...env },
    detached: group,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stdout);
        if (!match) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
      ended.then(
        () => reject(new Error(`retune ${args.join(' ')} ended without ${pattern}:\n${stdout}\n${stderr}`)),
        reject,
      );
    });
  return { process: child, ended, printed };
}

/** Runs `retune` to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliEnd> {
  return startCli(args, options).ended;
}
