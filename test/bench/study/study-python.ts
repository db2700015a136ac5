import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scriptPath } from '../side/script-path.js';
import { compareVersions } from '../side/torch-python.js';

/** A Python that can run the script, or why there is none: what each of those tried complained of. */
export type FoundStudyPython =
  | { readonly program: string; readonly versions: Readonly<Record<string, string>>; readonly problem?: undefined }
  | { readonly program?: undefined; readonly versions?: undefined; readonly problem: string };

/** Debian's own Python comes last: its packages are invisible to any other. */
const usualPrograms = ['python3', 'python', '/usr/bin/python3'];

/** How to get what the script needs, for a person without it. */
export const howToGetScript =
  'pip install optuna torch torchvision, then --python PROGRAM · Debian: apt install python3-optuna python3-torchvision (3.1, 1.13)';

/** The program with the newest Optuna among `given`, or among those of the path and Debian's. */
export async function findStudyPython(given?: string): Promise<FoundStudyPython> {
  const tried = await Promise.all((given === undefined ? usualPrograms : [given]).map(probe));
  const usable = tried.filter((found) => found.problem === undefined);
  const [newest] = usable.sort((a, b) => compareVersions(b.versions.optuna, a.versions.optuna));
  return newest ?? { problem: tried.map(({ problem }) => problem).join(' · ') };
}

async function probe(program: string): Promise<FoundStudyPython> {
  try {
    const script = scriptPath('study/optuna-pytorch.py');
    const { stdout } = await promisify(execFile)(program, [script, '--version'], { timeout: 120_000 });
    return { program, versions: JSON.parse(stdout) };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { problem: `${program}: ${(stderr || message).trim().split('\n').at(-1)}` };
  }
}
