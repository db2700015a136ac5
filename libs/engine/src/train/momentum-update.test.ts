import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { MomentumUpdate } from './momentum-update.js';
import { updateInPlace } from './update-in-place.js';

const learningRate = 0.013;

function draw(rng: Rng, length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.normal());
}

// Lengths: in one go without a session, in one chunk, in several with a rest.
test.each([
  [1000, 0],
  [40_000, 0.01],
  [600_001, 0],
  [600_001, 1e-4],
])(
  'MomentumUpdate.run() writes the bits of updateInPlace(): %s numbers, weight decay %s',
  async (length, weightDecay) => {
    const rng = new Rng(length);
    const [parameter, slot, gradient] = [draw(rng, length), draw(rng, length), draw(rng, length)];
    const [expectedParameter, expectedSlot] = [parameter.slice(), slot.slice()];
    const update = await MomentumUpdate.open({ momentum: 0.9, weightDecay, threads: 2 });
    for (let step = 0; step < 2; step++) {
      updateInPlace(expectedParameter, expectedSlot, gradient, { momentum: 0.9, weightDecay, learningRate });
      await update.run(parameter, slot, gradient, learningRate);
    }
    await update.release();
    expect(Buffer.from(slot.buffer).equals(Buffer.from(expectedSlot.buffer))).toBe(true);
    expect(Buffer.from(parameter.buffer).equals(Buffer.from(expectedParameter.buffer))).toBe(true);
  },
);
