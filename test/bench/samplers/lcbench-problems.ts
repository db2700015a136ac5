import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { floatDistribution, intDistribution, type ParamValue, type SearchSpace } from '#optuna-ts-client';
import type { Outcome, Problem } from './problem.js';

/** In the order the network wants them. @see slds-lmu/yahpo_data lcbench/config_space.json, v1.0 */
const space: SearchSpace = {
  epoch: intDistribution(1, 52),
  batch_size: intDistribution(16, 512, { log: true }),
  learning_rate: floatDistribution(1e-4, 0.1, { log: true }),
  momentum: floatDistribution(0.1, 0.99),
  weight_decay: floatDistribution(1e-5, 0.1),
  num_layers: intDistribution(1, 5),
  max_units: intDistribution(64, 1024, { log: true }),
  max_dropout: floatDistribution(0, 1),
};

const accuracyTasks = ['167168', '189873', '189906'];
const twoObjectiveTasks = ['167152', '167185', '189873'];
const accuracyOutput = 1;
const crossEntropyOutput = 2;

/**
 * Training runs of LCBench as YAHPO Gym's network predicts them: the validation accuracy in percent, or the error and
 * the cross-entropy.
 *
 * @param folder Has model.onnx and encoding.json.
 * @throws {Error} if the folder has not both.
 * @see Zimmer, Lindauer & Hutter 2021, arXiv:2006.13799 · Pfisterer et al. 2022, arXiv:2109.03670
 */
export async function lcbenchProblems(folder: string): Promise<Problem[]> {
  const [model, encoding] = ['model.onnx', 'encoding.json'].map((name) => join(folder, name));
  if (!existsSync(model) || !existsSync(encoding)) throw new Error(`${folder} has no model.onnx and encoding.json`);
  const codes = (JSON.parse(readFileSync(encoding, 'utf8')) as { OpenML_task_id: Record<string, number> })
    .OpenML_task_id;
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const single = accuracyTasks.map(
    (task): Problem => ({
      name: `lcbench-${task}`,
      space,
      directions: ['maximize'],
      constrained: false,
      trials: 100,
      seeds: 10,
      evaluate: async (params) => ({
        values: [(await predict(session, codes[task], params))[accuracyOutput]],
        constraints: null,
      }),
    }),
  );
  const double = twoObjectiveTasks.map(
    (task): Problem => ({
      name: `lcbench2-${task}`,
      space,
      directions: ['minimize', 'minimize'],
      constrained: false,
      trials: 150,
      seeds: 10,
      reference: [1, 3],
      evaluate: async (params): Promise<Outcome> => {
        const outputs = await predict(session, codes[task], params);
        return { values: [1 - outputs[accuracyOutput] / 100, outputs[crossEntropyOutput]], constraints: null };
      },
    }),
  );
  return [...single, ...double];
}

async function predict(
  session: InferenceSession,
  task: number,
  params: Readonly<Record<string, ParamValue>>,
): Promise<Float32Array> {
  const values = Float32Array.from(Object.keys(space), (name) => params[name] as number);
  const outputs = await session.run({
    x_cat: new Tensor('int32', Int32Array.of(task), [1, 1]),
    x_cont: new Tensor('float32', values, [1, values.length]),
  });
  return outputs[session.outputNames[0]].data as Float32Array;
}
