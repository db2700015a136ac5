/**
 * @file Values for tests, equal bit for bit to those of test/golden/torchvision/generate.py, whose other twin serves the
 * tests of several libs. No part of the lib.
 */
import { type NamedTensor, type Shape, sizeOf } from '#primitives';

/** Multiples of 2⁻¹⁵ in [-1, 1), a hash of the name and the index. */
export function formulaUnits(name: string, count: number): Float32Array {
  const start = nameHash(name);
  const units = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    let hash = (Math.imul(index, 0x9e3779b1) + start) | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    units[index] = ((hash ^ (hash >>> 16)) >>> 16) / 32768 - 1;
  }
  return units;
}

/** A weight or buffer in torch layout, scaled so that signals neither fade nor grow. */
export function formulaTensor(name: string, shape: Shape): NamedTensor {
  const data = formulaUnits(name, sizeOf(shape));
  const [scale, offset] = scaleAndOffset(name, shape);
  for (let index = 0; index < data.length; index++) data[index] = data[index] * scale + offset;
  return { name, shape, data };
}

/** Norms at the end of ResNet's blocks: small, or signals would grow with each block that is added. */
const endsResidualBlock = /\.bn[23]\.weight$/;

function scaleAndOffset(name: string, shape: Shape): [number, number] {
  if (shape.length > 1) return [2 ** (1 - Math.floor((31 - Math.clz32(sizeOf(shape.slice(1)))) / 2)), 0];
  if (endsResidualBlock.test(name)) return [1 / 8, 1 / 4];
  return name.endsWith('running_var') || name.endsWith('weight') ? [1 / 2, 1] : [1 / 8, 0];
}

function nameHash(name: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}
