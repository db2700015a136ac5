import { type Asker, ourAsker, search } from './asker.js';
import { spreadOf } from './figures.js';
import type { OptunaPeer } from './optuna-peer.js';
import type { PeersFile } from './peers-file.js';
import { type Problem, senseOf } from './problem.js';
import { ourSide, type Row } from './row.js';
import { type PeerSetting, type Setting, samplerOf } from './settings.js';

/** An Optuna that runs here, or one whose figures alone are known. */
export interface PeerVersion {
  readonly version: string;
  readonly peer?: OptunaPeer;
}

/** Searches a problem with a setting of ours, seed by seed. */
export async function measureOurs(problem: Problem, setting: Setting, seeds: number): Promise<Row> {
  const started = performance.now();
  const figures: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    figures.push(await search(await ourAsker(samplerOf(setting), problem, seed), problem));
  }
  return {
    ...rowFor(problem, ourSide, setting.name),
    spread: spreadOf(figures),
    msPerTrial: (performance.now() - started) / (seeds * problem.trials),
  };
}

/** The same with one of Optuna's, as far as the file does not know the figures. */
export async function measurePeer(
  problem: Problem,
  setting: PeerSetting,
  seeds: number,
  { version, peer }: PeerVersion,
  file: PeersFile,
): Promise<Row> {
  const row = rowFor(problem, `optuna ${version}`, setting);
  const figures: number[] = [];
  let milliseconds = 0;
  let trials = 0;
  for (let seed = 0; seed < seeds; seed++) {
    let figure = file.get(version, problem, setting, seed);
    if (figure === undefined) {
      if (peer === undefined) continue;
      const started = performance.now();
      let asker: Asker;
      try {
        asker = await peer.asker(setting, problem, seed);
        figure = await search(asker, problem);
      } catch (error) {
        return { ...row, spread: null, msPerTrial: null, note: (error as Error).message.split('\n')[0] };
      }
      milliseconds += performance.now() - started;
      trials += problem.trials;
      file.set(version, problem, setting, seed, figure);
    }
    figures.push(figure);
  }
  if (figures.length === 0) return { ...row, spread: null, msPerTrial: null, note: 'not in the file' };
  return { ...row, spread: spreadOf(figures), msPerTrial: trials > 0 ? milliseconds / trials : null };
}

function rowFor(problem: Problem, side: string, sampler: string): Pick<Row, 'problem' | 'sense' | 'side' | 'sampler'> {
  return { problem: problem.name, sense: senseOf(problem), side, sampler };
}
