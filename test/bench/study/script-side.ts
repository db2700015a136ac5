import { scriptPath } from '../side/script-path.js';
import { StepProcess } from '../side/step-process.js';
import { type ScriptSetting, scriptName } from './script-setting.js';
import type { EndedTrial, SideRun } from './side-run.js';
import type { StudyScene } from './study-scene.js';

/** A line that the script prints when a trial has ended. */
interface TrialLine {
  readonly done?: undefined;
  readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL';
  readonly second: number;
  readonly trialSeconds: number;
  readonly parameters: Pick<EndedTrial, 'architecture' | 'retrainDepth' | 'learningRate' | 'epochs'>;
  readonly accuracy: number | null;
  readonly latencyP95Ms: number | null;
}

/** It has to have said something within, ms: a trial of the slowest network takes less. */
const patienceMs = 600_000;

/**
 * One search of the script in a process of its own. Seconds count from its first trial: imports, decoded pictures and
 * weights in memory are there before.
 *
 * @throws {Error} with its last complaint if it ends early.
 */
export async function runScript(
  program: string,
  setting: ScriptSetting,
  seed: number,
  scene: StudyScene,
): Promise<SideRun> {
  const { pictures, weights, image, spec, seconds, threads } = scene;
  const { searchSpace: space, training, constraints } = spec;
  const request = { pictures, weights, image, space, training, constraints, setting, seconds, seed, threads };
  const script = scriptPath('study/optuna-pytorch.py');
  const process = new StepProcess([program, script, JSON.stringify(request)]);
  try {
    await process.ask(undefined, patienceMs); // pictures and weights are in memory
    const trials: EndedTrial[] = [];
    for (;;) {
      const line = await process.ask<TrialLine | { done: true; second: number }>(undefined, patienceMs);
      if (line.done) return { side: scriptName(setting), seed, trials, seconds: line.second };
      trials.push(endedTrial(line));
    }
  } finally {
    await process.kill();
  }
}

function endedTrial({ state, second, trialSeconds, parameters, accuracy, latencyP95Ms }: TrialLine): EndedTrial {
  return { second, trialSeconds, state, why: '', ...parameters, accuracy, latencyMs: latencyP95Ms };
}
