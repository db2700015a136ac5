import type { Rng } from '#primitives';
import { between, chance } from './chance.js';

/** Where one thing stands in a picture, in the units of the view box. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Length of the thing. */
  readonly length: number;
}

/** Places things at one of two scales: one close up, or three to eight small ones that hardly overlap. */
export function drawPlaces(rng: Rng, width: number, height: number): Place[] {
  return chance(rng, 0.4) ? swarm(rng, width, height) : [closeUp(rng, width, height)];
}

function closeUp(rng: Rng, width: number, height: number): Place {
  const length = Math.min(width, height) * between(rng, 0.55, 0.95);
  return { x: width * between(rng, 0.38, 0.62), y: height * between(rng, 0.38, 0.62), length };
}

function swarm(rng: Rng, width: number, height: number): Place[] {
  const length = Math.min(width, height) * between(rng, 0.24, 0.36);
  const wanted = rng.integer(3, 9);
  const places: Place[] = [];
  for (let tries = 0; tries < 60 && places.length < wanted; tries++) {
    const [x, y] = [width * between(rng, 0.1, 0.9), height * between(rng, 0.1, 0.9)];
    const isFree = places.every((place) => Math.hypot(x - place.x, y - place.y) > length * 0.75);
    if (isFree) places.push({ x, y, length: length * between(rng, 0.85, 1.15) });
  }
  return places;
}
