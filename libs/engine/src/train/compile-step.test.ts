import { expect, test } from 'vitest';
import { compileStep } from './compile-step.js';
import { smallPlan } from './small-network.fixture.js';

test.each([false, true])(
  'compileStep() estimates the memory of a step alike with blocked convolutions, whose values have no sizes; gradients %s',
  (endsWithGradients) => {
    const plan = smallPlan({ inputShape: [40, 40, 3] }); // convolutions of small maps become products
    const plain = compileStep(plan, { endsWithGradients });
    const blocked = compileStep(plan, { endsWithGradients, channelBlock: 4 });
    const domains = (nodes: typeof plain.step.nodes) => new Set(nodes.map(({ domain }) => domain));
    expect(domains(plain.step.nodes)).not.toContain('com.microsoft.nchwc');
    expect(domains(blocked.step.nodes)).toContain('com.microsoft.nchwc');
    expect(blocked.memoryBytes).toBe(plain.memoryBytes);
  },
);
