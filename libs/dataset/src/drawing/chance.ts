import type { Rng } from '#primitives';
import { mix, type Rgb } from './svg.js';

/** Uniform in [low, high). */
export function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.float();
}

/** True with this probability. */
export function chance(rng: Rng, probability: number): boolean {
  return rng.float() < probability;
}

/** One of the items, all equally likely. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.integer(0, items.length)];
}

/** A colour near this one: each channel moved by up to `spread`, all of them by up to `spread` together. */
export function near(rng: Rng, colour: Rgb, spread: number): Rgb {
  const shift = between(rng, -spread, spread);
  return colour.map((c) => Math.max(0, Math.min(255, c + shift + between(rng, -spread, spread)))) as unknown as Rgb;
}

/** A colour somewhere between two. */
export function betweenColours(rng: Rng, from: Rgb, to: Rgb): Rgb {
  return mix(from, to, rng.float());
}
