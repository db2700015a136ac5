import { distributionToJson, type ParamValue } from '#optuna-ts-client';
import { scriptPath } from '../side/script-path.js';
import { StepProcess } from '../side/step-process.js';
import type { Asker } from './asker.js';
import type { Problem } from './problem.js';

/** A Python with Optuna, in a process of its own. */
export class OptunaPeer {
  private constructor(
    readonly version: string,
    private readonly process: StepProcess,
  ) {}

  /** @throws {Error} with its last complaint if the program does not start or has no Optuna. */
  static async start(program: string): Promise<OptunaPeer> {
    const process = new StepProcess([program, scriptPath('samplers/ask_tell.py')]);
    const { optuna } = await process.ask<{ optuna: string }>({ version: true }, 120_000);
    return new OptunaPeer(optuna, process);
  }

  /** A new study; that of the last call ends. @throws {Error} if this Optuna cannot run the sampler. */
  async asker(sampler: string, problem: Problem, seed: number): Promise<Asker> {
    const { directions, constrained } = problem;
    const space = Object.fromEntries(
      Object.entries(problem.space).map(([name, distribution]) => [name, distributionToJson(distribution)]),
    );
    await this.process.ask({ study: { sampler, seed, directions, constrained, space } });
    return {
      ask: async () => (await this.process.ask<{ params: Record<string, ParamValue> }>({ ask: true })).params,
      tell: async (outcome) => {
        await this.process.ask({ tell: outcome });
      },
    };
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
