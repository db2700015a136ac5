import { InMemoryStorage, type ParamValue, type Sampler, Study, type Trial } from '#optuna-ts-client';
import { figureOf, type Outcome, type Problem } from './problem.js';

/** A search that somebody else evaluates. */
export interface Asker {
  ask(): Promise<Readonly<Record<string, ParamValue>>>;
  /** Result of what was asked for last. */
  tell(outcome: Outcome): Promise<void>;
}

/** A study of ours. */
export async function ourAsker(sampler: Sampler, problem: Problem, seed: number): Promise<Asker> {
  const { directions, space } = problem;
  const storage = new InMemoryStorage();
  const study = await Study.create({ storage, name: problem.name, directions, sampler, seed });
  let trial: Trial;
  return {
    async ask() {
      trial = await study.ask(space);
      return trial.params;
    },
    async tell({ values, constraints }) {
      await study.tell(trial, { values, constraints: constraints ?? undefined });
    },
  };
}

/** Runs one search to its end. @returns Its figure. */
export async function search(asker: Asker, problem: Problem): Promise<number> {
  const outcomes: Outcome[] = [];
  for (let trial = 0; trial < problem.trials; trial++) {
    const outcome = await problem.evaluate(await asker.ask());
    await asker.tell(outcome);
    outcomes.push(outcome);
  }
  return figureOf(problem, outcomes);
}
