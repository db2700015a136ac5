import type { Rng } from '#primitives';
import { near, pick } from './chance.js';
import type { Rgb } from './svg.js';

/** The two colours a thing is drawn with; all classes draw them from the same palettes, so colour tells no class. */
export interface BodyColours {
  readonly dark: Rgb;
  readonly light: Rgb;
}

/** Dark browns and blacks. */
export const darks: readonly Rgb[] = [
  [24, 20, 18],
  [45, 30, 20],
  [70, 40, 24],
  [38, 36, 40],
  [92, 44, 22],
];

/** Yellows, ambers and pale browns. */
export const lights: readonly Rgb[] = [
  [225, 170, 45],
  [205, 140, 60],
  [190, 160, 110],
  [235, 195, 90],
  [170, 105, 50],
  [200, 190, 165],
];

/** Draws the colours of one thing. */
export function drawBodyColours(rng: Rng): BodyColours {
  return { dark: near(rng, pick(rng, darks), 10), light: near(rng, pick(rng, lights), 18) };
}
