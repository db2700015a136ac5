import { execFile } from 'node:child_process';

import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { scriptPath } from './script-path.js';

/** A Python that has torch and torchvision. */
export interface TorchPython {
  readonly program: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** A usable Python, or why there is none: what each of those tried complained of. */
export type FoundPython =
  | { readonly python: TorchPython; readonly problem?: undefined }
  | { readonly python?: undefined; readonly problem: string };

/** Debian's own Python comes last: python3-torchvision is invisible to any other. */
const usualPrograms = ['python3', 'python', '/usr/bin/python3'];

/** The program with the newest torch among `given`, or among those of the path and Debian's. */
export async function findTorchPython(given?: string): Promise<FoundPython> {
  const tried = await Promise.all((given === undefined ? usualPrograms : [given]).map(probe));
  const usable = tried.flatMap(({ python }) => python ?? []);
  const [newest] = usable.sort((a, b) => compareVersions(b.versions.torch, a.versions.torch));
  if (newest !== undefined) return { python: newest };
  return { problem: tried.map(({ problem }) => problem).join(' · ') };
}

/** How to get PyTorch, for a person without it. */
export const howToGetTorch =
  'Debian: apt install python3-torchvision · others: pip install torch torchvision, then --python PROGRAM';

async function probe(program: string): Promise<FoundPython> {
  const script = scriptPath('side/torch_import.py');
  try {
    const { stdout } = await promisify(execFile)(program, [script], { timeout: 120_000 });
    return { python: { program: resolved(program), versions: JSON.parse(stdout) } };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { problem: `${program}: ${(stderr || message).trim().split('\n').at(-1)}` };
  }
}

/** A link is kept: a virtual environment knows itself by it. */
function resolved(program: string): string {
  return program.includes('/') ? resolve(program) : program;
}

/** Order of versions such as 1.13.0a0 and 2.13.0+cu130 by their numbers. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split('.', 3).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(a), numbers(b)];
  const place = left.findIndex((value, index) => value !== (right[index] ?? 0));
  return place < 0 ? 0 : left[place] - (right[place] ?? 0);
}
