import * as tf from '@tensorflow/tfjs-core';
import { constant, kaimingUniform, normal } from './initial-state.js';
import { dropout, globalAveragePool, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { NetworkDraft } from './network-draft.js';

/** A fire module: `squeeze` 1×1 channels, then `expand` 1×1 and `expand` 3×3 channels side by side. */
interface Fire {
  readonly name: string;
  readonly inputs: number;
  readonly squeeze: number;
  readonly expand: number;
  /** True where a pooling layer follows. */
  readonly pooled?: boolean;
}

/** The first convolution and the fire modules. */
interface Version {
  readonly stem: { readonly outputs: number; readonly kernel: number };
  readonly fires: readonly Fire[];
}

/** Version 1.0 pools later, on larger maps. */
const version10: Version = {
  stem: { outputs: 96, kernel: 7 },
  fires: [
    { name: 'features.3', inputs: 96, squeeze: 16, expand: 64 },
    { name: 'features.4', inputs: 128, squeeze: 16, expand: 64 },
    { name: 'features.5', inputs: 128, squeeze: 32, expand: 128, pooled: true },
    { name: 'features.7', inputs: 256, squeeze: 32, expand: 128 },
    { name: 'features.8', inputs: 256, squeeze: 48, expand: 192 },
    { name: 'features.9', inputs: 384, squeeze: 48, expand: 192 },
    { name: 'features.10', inputs: 384, squeeze: 64, expand: 256, pooled: true },
    { name: 'features.12', inputs: 512, squeeze: 64, expand: 256 },
  ],
};

const version11: Version = {
  stem: { outputs: 64, kernel: 3 },
  fires: [
    { name: 'features.3', inputs: 64, squeeze: 16, expand: 64 },
    { name: 'features.4', inputs: 128, squeeze: 16, expand: 64, pooled: true },
    { name: 'features.6', inputs: 128, squeeze: 32, expand: 128 },
    { name: 'features.7', inputs: 256, squeeze: 32, expand: 128, pooled: true },
    { name: 'features.9', inputs: 256, squeeze: 48, expand: 192 },
    { name: 'features.10', inputs: 384, squeeze: 48, expand: 192 },
    { name: 'features.11', inputs: 384, squeeze: 64, expand: 256 },
    { name: 'features.12', inputs: 512, squeeze: 64, expand: 256 },
  ],
};

const pool = maxPool({ kernel: 3, stride: 2, ceilMode: true });

/**
 * SqueezeNet's layers; a pooling layer belongs to the block before it, so that a cache holds the smaller map.
 *
 * @see torchvision/models/squeezenet.py 0.14
 */
export function draftSqueezenet(draft: NetworkDraft, classes: number, architecture: string): void {
  const { stem, fires } = architecture === 'squeezenet1_0' ? version10 : version11;
  draft.block('features.0', () => sequence(convolution(draft, 'features.0', { inputs: 3, ...stem, stride: 2 }), pool));
  for (const module of fires) {
    draft.block(module.name, () => (module.pooled ? sequence(fire(draft, module), pool) : fire(draft, module)));
  }
  draft.block('classifier', () =>
    sequence(
      dropout(0.5),
      draft.convolution('classifier.1', {
        inputs: 512,
        outputs: classes,
        kernel: 1,
        weight: normal(0.01),
        bias: constant(0),
      }),
      relu,
      globalAveragePool,
    ),
  );
}

function fire(draft: NetworkDraft, { name, inputs, squeeze, expand }: Fire): Layer {
  const squeezed = convolution(draft, `${name}.squeeze`, { inputs, outputs: squeeze, kernel: 1 });
  const narrow = convolution(draft, `${name}.expand1x1`, { inputs: squeeze, outputs: expand, kernel: 1 });
  const wide = convolution(draft, `${name}.expand3x3`, { inputs: squeeze, outputs: expand, kernel: 3, padding: 1 });
  return (x, context) => {
    const y = squeezed(x, context);
    return tf.concat([narrow(y, context), wide(y, context)], 3);
  };
}

/** A convolution with SqueezeNet's initial state, and the ReLU that follows each of them. */
function convolution(
  draft: NetworkDraft,
  name: string,
  geometry: { inputs: number; outputs: number; kernel: number; stride?: number; padding?: number },
): Layer {
  const weight = kaimingUniform(geometry.inputs * geometry.kernel * geometry.kernel);
  return sequence(draft.convolution(name, { ...geometry, weight, bias: constant(0) }), relu);
}
