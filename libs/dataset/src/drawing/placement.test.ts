import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { drawPlaces } from './placement.js';

test('drawPlaces() gives both scales: one thing close up, or a swarm of small ones that hardly overlap', () => {
  const side = 200;
  const pictures = Array.from({ length: 400 }, (_, seed) => drawPlaces(new Rng(seed), side, side));
  const closeUps = pictures.filter((places) => places.length === 1);
  const swarms = pictures.filter((places) => places.length > 1);
  // Fixed seeds; of 400 pictures 240 are expected to be close-ups, and 10 are one standard deviation.
  expect(Math.abs(closeUps.length - 240)).toBeLessThan(40);
  for (const [place] of closeUps) expect(place?.length).toBeGreaterThanOrEqual(0.55 * side);
  for (const places of swarms) {
    expect(places.length).toBeGreaterThanOrEqual(3);
    expect(places.length).toBeLessThanOrEqual(8);
    for (const place of places) expect(place.length).toBeLessThanOrEqual(0.36 * 1.15 * side);
    const distances = places.flatMap((a, i) => places.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
    expect(Math.min(...distances)).toBeGreaterThan(0.24 * 0.75 * side);
  }
});
