import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../ir/graph.js';
import { GraphBuilder } from '../ir/graph-builder.js';
import { modelBytes } from '../onnx/model-bytes.js';
import { openSession } from '../runtime/open-session.js';
import { runIntoBuffers, writingIntoBuffers } from '../runtime/run-into-buffers.js';
import { updateInPlace } from './update-in-place.js';

/** Numbers that are updated at a time: what lies between the operators stays in the processor's cache. */
const chunk = 2 ** 17;

/** Numbers below which a call of a session takes longer than the update. */
const smallest = 2 ** 15;

/** What does not change from step to step. */
export interface MomentumSettings {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly threads?: number;
}

/**
 * `updateInPlace` on all threads, bit for bit: a session whose outputs are written over its inputs. Every value of a
 * number is read before the new one is written, as each depends on what was read.
 */
export class MomentumUpdate {
  private constructor(
    private readonly settings: MomentumSettings,
    private readonly session: InferenceSession,
  ) {}

  static async open(settings: MomentumSettings): Promise<MomentumUpdate> {
    const model = modelBytes(writingIntoBuffers(updateGraph(settings)));
    return new MomentumUpdate(settings, await openSession(model, { threads: settings.threads }));
  }

  /** @param parameter n numbers, overwritten. @param slot n numbers, overwritten. @param gradient n numbers. */
  async run(parameter: Float32Array, slot: Float32Array, gradient: Float32Array, learningRate: number): Promise<void> {
    if (parameter.length < smallest) {
      updateInPlace(parameter, slot, gradient, { ...this.settings, learningRate });
      return;
    }
    const rate = new Tensor('float32', Float32Array.of(learningRate), [1]);
    for (let from = 0; from < parameter.length; from += chunk) {
      const [w, v, g] = [parameter, slot, gradient].map((data) => {
        const part = data.subarray(from, from + chunk);
        return new Tensor('float32', part, [part.length]);
      });
      await runIntoBuffers(this.session, { w, v, g, rate }, { 'next.w': w, 'next.v': v });
    }
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

function updateGraph({ momentum, weightDecay }: MomentumSettings): Graph {
  const builder = new GraphBuilder();
  const input = (name: string) => builder.input(name, 'float32', ['n']);
  const [w, v, g] = [input('w'), input('v'), input('g')];
  const rate = builder.input('rate', 'float32', [1]);
  const factor = (value: number) => builder.constant('float32', [1], Float32Array.of(value));
  const penalised = weightDecay === 0 ? g : builder.node('Add', [g, builder.node('Mul', [w, factor(weightDecay)])]);
  const slot = builder.node('Add', [builder.node('Mul', [v, factor(momentum)]), penalised]);
  const parameter = builder.node('Sub', [w, builder.node('Mul', [slot, rate])]);
  return builder.finish('momentum_update', [
    { name: 'next.w', value: builder.describe(parameter, 'float32', ['n']) },
    { name: 'next.v', value: builder.describe(slot, 'float32', ['n']) },
  ]);
}
