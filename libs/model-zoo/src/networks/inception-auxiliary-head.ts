import { convolution } from './inception-modules.js';
import { normal } from './initial-state.js';
import { averagePool, globalAveragePool, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/**
 * A second classifier on the 17 × 17 map, for the sake of its gradient. torchvision gives `conv1` a deviation of 0.01 that
 * its initialisation never reads, so it starts like every other convolution.
 */
export function auxiliaryHead(draft: NetworkDraft, name: string, classes: number): Layer {
  return sequence(
    averagePool({ kernel: 5, stride: 3 }),
    convolution(draft, `${name}.conv0`, { inputs: 768, outputs: 128, kernel: 1 }),
    convolution(draft, `${name}.conv1`, { inputs: 128, outputs: 768, kernel: 5 }),
    globalAveragePool,
    draft.dense(`${name}.fc`, { inputs: 768, outputs: classes, weight: normal(0.001) }),
  );
}

/** Its 5 × 5 convolution follows a 5 × 5 pooling of stride 3: the map it reads must have 17 × 17 or more. */
export function auxiliaryHeadFits(imageSize: number): boolean {
  return mixedSide(imageSize) >= 17;
}

/** Side of the output of Mixed_6e. */
function mixedSide(imageSize: number): number {
  const halved = (size: number) => Math.floor((size - 3) / 2) + 1;
  const stem = halved(halved(imageSize) - 2); // 1a, 2a (2b keeps the size), pooling
  return halved(halved(stem - 2)); // 3b keeps it, 4a, pooling, Mixed_6a
}
