import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scriptPath } from '../side/script-path.js';
import { compareVersions } from '../side/torch-python.js';

/** A Python that has Optuna, or why there is none: what each of those tried complained of. */
export type FoundOptuna =
  | { readonly program: string; readonly versions: Readonly<Record<string, string>>; readonly problem?: undefined }
  | { readonly program?: undefined; readonly versions?: undefined; readonly problem: string };

/** Debian's own Python comes last: python3-optuna is invisible to any other. */
const usualPrograms = ['python3', 'python', '/usr/bin/python3'];

/** How to get Optuna, for a person without it. */
export const howToGetOptuna =
  'pip install optuna, then --python PROGRAM · Debian: apt install python3-optuna (3.1, many times slower than 5.0)';

/** The program with the newest Optuna among `given`, or among those of the path and Debian's. */
export async function findOptuna(given?: string): Promise<FoundOptuna> {
  const tried = await Promise.all((given === undefined ? usualPrograms : [given]).map(probe));
  const usable = tried.filter((found) => found.problem === undefined);
  const [newest] = usable.sort((a, b) => compareVersions(b.versions.optuna, a.versions.optuna));
  return newest ?? { problem: tried.map(({ problem }) => problem).join(' · ') };
}

async function probe(program: string): Promise<FoundOptuna> {
  try {
    const script = scriptPath('ask/optuna_asks.py');
    const { stdout } = await promisify(execFile)(program, [script, '--version'], { timeout: 120_000 });
    return { program, versions: JSON.parse(stdout) };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { problem: `${program}: ${(stderr || message).trim().split('\n').at(-1)}` };
  }
}
