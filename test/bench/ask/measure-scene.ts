import { fileURLToPath } from 'node:url';
import { alternate, type Pace, type Side } from '../engine/alternate.js';
import { scriptPath } from '../side/script-path.js';
import { StepProcess } from '../side/step-process.js';
import { prepareScene } from './prepare-scene.js';
import { ourSide, type Row, rowOf } from './row.js';
import type { Scene } from './scene.js';

/** Optuna's settings that are tried, by their names in `optuna_asks.py`. */
export const optunaSettings = ['multivariate, no liar', 'default', 'univariate, no liar'];

/** Above it Optuna is left out of a quick run. */
const mostTrialsInQuick = 5000;
/** A side that takes longer for one round is given up: Optuna 3.1 with two objectives and thousands of trials. */
const mostMs = 120_000;

/** How a scene is measured. */
export interface MeasureOptions {
  /** Program with Optuna. @default ours alone */
  readonly python?: string | undefined;
  readonly quick: boolean;
}

/** Fills studies with the scene's trials and lets the sides ask and tell in turn, each in a process of its own. */
export async function measureScene(scene: Scene, { python, quick }: MeasureOptions): Promise<Row> {
  const prepared = prepareScene(scene);
  const isLeftOut = quick && scene.trials > mostTrialsInQuick;
  const ours = new StepProcess([
    process.execPath,
    '--expose-gc',
    fileURLToPath(new URL('ask-process.js', import.meta.url)),
  ]);
  const optuna =
    python === undefined || isLeftOut ? undefined : new StepProcess([python, scriptPath('ask/optuna_asks.py')]);
  try {
    await ours.ask();
    const { bytesPerTrial } = await ours.ask<{ bytesPerTrial: number | null }>({ prepare: prepared });
    const sides: Side[] = [sideOf(ourSide, (run) => ours.ask({ run }, mostMs))];
    let note = python === undefined ? 'Optuna is missing' : isLeftOut ? '--quick leaves Optuna out' : undefined;
    if (optuna !== undefined) {
      await optuna.ask();
      await optuna.ask({ prepare: prepared });
      sides.push(...optunaSettings.map((setting) => sideOf(setting, (run) => optuna.ask({ run, setting }, mostMs))));
    }
    const pace = paceOf(scene, quick);
    const rounds = await alternate(sides, pace).catch((error: Error) => {
      note = `Optuna: ${error.message}`;
      return alternate(sides.slice(0, 1), pace);
    });
    return rowOf(scene, rounds, bytesPerTrial, note);
  } finally {
    await Promise.all([ours.kill(), optuna?.kill()]);
  }
}

function sideOf(name: string, ask: (units: number) => Promise<{ seconds: number }>): Side {
  return { name, run: async (units) => (await ask(units)).seconds };
}

/** Every ask adds a trial: the rounds together add little to what a scene holds. */
function paceOf({ trials }: Scene, quick: boolean): Pace {
  return {
    leastRounds: quick ? 3 : 5,
    mostRounds: quick ? 5 : 15,
    secondsPerSide: quick ? 0.5 : 3,
    mostSecondsPerSide: quick ? 4 : 60,
    secondsPerRound: quick ? 0.1 : 0.25,
    mostUnits: Math.max(2, Math.min(50, Math.round(trials / 100))),
  };
}
