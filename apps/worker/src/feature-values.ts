import { type ExampleRows, type Examples, readExample } from '#engine';
import { fromHalf, toHalf } from '#model-zoo';
import { DomainError } from '#primitives';

/** How features are kept: `fp16` are IEEE 754 half-precision numbers, which take half as much and are widened to be read. */
export type FeatureDtype = 'fp32' | 'fp16';

/** Features as they are kept; a `Uint16Array` holds the bits of halves. */
export type FeatureValues = Float32Array | Uint16Array;

/** A feature is finite and too large for a half. */
export class FeatureOverflowError extends DomainError {
  readonly code = 'FEATURE_OVERFLOW';
  /** @param cut Name of the first block that is not frozen. */
  constructor(architecture: string, cut: string, value: number) {
    super(
      `Cannot keep features of ${architecture} at ${cut} as fp16: one is ${value}, halves reach 65504. ` +
        'Set training.featureDtype to fp32',
    );
  }
}

/** What a half's bits stand for, by the bits: widening is done for every example of every epoch. */
let widenedHalves: Float32Array | undefined;

/**
 * Computed features as they are kept: rounded to the nearest half, ties to even; what is not finite stays so.
 *
 * @throws {FeatureOverflowError} if a finite value would become infinite.
 */
export function packedFeatures(
  values: Float32Array,
  dtype: FeatureDtype,
  { architecture, cut }: { readonly architecture: string; readonly cut: string },
): FeatureValues {
  if (dtype === 'fp32') return values;
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < values.length; at++) {
    halves[at] = toHalf(values[at]);
    if ((halves[at] & 0x7fff) === 0x7c00 && Number.isFinite(values[at])) {
      throw new FeatureOverflowError(architecture, cut, values[at]);
    }
  }
  return halves;
}

/** Features in full, for who needs all of them at once; not copied where they are. */
export function widenedFeatures(values: FeatureValues): Float32Array {
  if (values instanceof Float32Array) return values;
  const widened = new Float32Array(values.length);
  widen(values, widened);
  return widened;
}

/** Features as the engine reads them, an example at a time. */
export function featureExamples(values: FeatureValues): Examples {
  if (values instanceof Float32Array) return values;
  return {
    length: values.length,
    read: (index, target) => {
      widen(values.subarray(index * target.length, (index + 1) * target.length), target);
    },
  };
}

/** Some of the examples, in this order. @param size Numbers of one. */
export function someExamples(examples: Examples, indexes: readonly number[], size: number): Examples {
  if (indexes.length * size === examples.length) return examples;
  const some: ExampleRows = {
    length: indexes.length * size,
    read: (index, target) => readExample(examples, indexes[index], target),
  };
  return some;
}

function widen(halves: Uint16Array, target: Float32Array): void {
  widenedHalves ??= Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits));
  for (let at = 0; at < halves.length; at++) target[at] = widenedHalves[halves[at]];
}
