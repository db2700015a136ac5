import { Tensor } from 'onnxruntime-node';
import { optimize } from '../ir/optimize.js';
import { LoweringContext } from '../lower/lowering-context.js';
import { modelBytes } from '../onnx/model-bytes.js';
import type { ExecutionDevice } from './execution-device.js';
import { openSession } from './open-session.js';

/** Whether a device computes. */
export interface DeviceProbe {
  readonly works: boolean;
  /** Why it does not, in the words of ONNX Runtime or of the comparison; null where it does. */
  readonly problem: string | null;
}

const size = 4;

/**
 * Runs a small product on a device and compares every element: ONNX Runtime lists providers that are built in, not
 * those that find a device and driver. A broken driver can end the process: probe in a child process.
 */
export async function probeDevice(device: ExecutionDevice): Promise<DeviceProbe> {
  try {
    const session = await openSession(probeModel(), { device, threads: 1 });
    try {
      const values = Float32Array.from({ length: size * size }, (_, index) => index - 5);
      const feed = new Tensor('float32', values, [size, size]);
      const { y } = await session.run({ x: feed });
      return verdict(values, y.data as Float32Array);
    } finally {
      await session.release();
    }
  } catch (error) {
    return { works: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** y = max(x·xᵀ, 0) + x; whole numbers, so that every device gives the same. */
function probeModel(): Uint8Array {
  const g = new LoweringContext();
  const x = g.wrap(g.builder.input('x', 'float32', [size, size]), { actual: [size, size] });
  const product = g.op('MatMul', [x.id, g.op('Transpose', [x.id], x).id], x);
  const sum = g.op('Add', [g.op('Relu', [product.id], x).id, x.id], x);
  return modelBytes(optimize(g.builder.finish('probe', [{ name: 'y', value: sum.id }])));
}

function verdict(x: Float32Array, y: Float32Array): DeviceProbe {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let product = 0;
      for (let k = 0; k < size; k++) product += x[row * size + k] * x[column * size + k];
      const expected = Math.max(product, 0) + x[row * size + column];
      const actual = y[row * size + column];
      if (actual !== expected) {
        return { works: false, problem: `computes ${actual} where ${expected} is right` };
      }
    }
  }
  return { works: true, problem: null };
}
