import { between, near } from './chance.js';
import type { Motif } from './source-animals.js';
import { ellipse, hex, mix, path, placed, stroke, svg } from './svg.js';

/** A single leaf with a stalk and veins. */
export const drawLeaf: Motif = (rng, { dark, light }) => {
  const blade = near(rng, mix(mix(dark, light, 0.6), [90, 150, 60], between(rng, 0, 0.8)), 20);
  const wide = between(rng, 14, 30);
  const vein = hex(mix(blade, [250, 250, 210], 0.4));
  const veins = [-20, -6, 8, 22].flatMap((x) =>
    [-1, 1].map((side) => stroke([x, 0, x + 12, side * wide * 0.62], vein, 1.4)),
  );
  return [
    stroke([-56, between(rng, -6, 6), -30, 0], hex(mix(blade, dark, 0.5)), 3),
    path(
      ['M', -36, 0, 'C', -20, -wide * 1.4, 20, -wide * 1.3, 50, 0, 'C', 20, wide * 1.3, -20, wide * 1.4, -36, 0, 'Z'],
      { fill: hex(blade) },
    ),
    stroke([-36, 0, 46, 0], vein, 2),
    ...veins,
  ].join('');
};

/** A flower head: petals around a heart. */
export const drawFlower: Motif = (rng, { dark, light }) => {
  const petal = near(rng, light, 30);
  const count = rng.integer(5, 13);
  const wide = between(rng, 1.1, 1.7);
  const petals = Array.from({ length: count }, (_, index) =>
    placed(
      0,
      0,
      (360 * index) / count,
      1,
      ellipse(31, 0, 19, (40 * wide) / count, {
        fill: hex(near(rng, petal, 8)),
        stroke: hex(mix(petal, dark, 0.3)),
        'stroke-width': 1,
      }),
    ),
  );
  return [...petals, ellipse(0, 0, 14, 14, { fill: hex(near(rng, mix(dark, [230, 180, 40], 0.5), 25)) })].join('');
};

/** A mushroom from the side: a cap on a stem. */
export const drawMushroom: Motif = (rng, { dark, light }) => {
  const cap = near(rng, mix(dark, light, between(rng, 0.2, 0.9)), 20);
  const stem = mix(light, [245, 235, 220], 0.7);
  const [high, wide] = [between(rng, 28, 46), between(rng, 34, 48)];
  const dots = Array.from({ length: rng.integer(0, 6) }, () =>
    ellipse(between(rng, 8, 26), between(rng, -0.55, 0.55) * wide, between(rng, 2.5, 5), between(rng, 2.5, 5), {
      fill: hex(stem),
    }),
  );
  return svg(
    'g',
    {},
    path(['M', 4, -9, 'L', -48, -12, 'Q', -53, 0, -48, 12, 'L', 4, 9, 'Z'], { fill: hex(stem) }),
    path(
      [
        'M',
        2,
        -wide,
        'C',
        high,
        -wide,
        high + 14,
        -wide * 0.3,
        high + 8,
        0,
        'C',
        high + 14,
        wide * 0.3,
        high,
        wide,
        2,
        wide,
        'Q',
        8,
        0,
        2,
        -wide,
        'Z',
      ],
      { fill: hex(cap) },
    ),
    stroke([3, -wide * 0.9, 6, 0, 3, wide * 0.9], hex(mix(cap, dark, 0.5)), 2.5),
    ...dots,
  );
};

/** A pebble or shell with stripes across: bands without legs or wings. */
export const drawStripes: Motif = (rng, { dark, light }, _lightDegrees, id) => {
  const wide = between(rng, 22, 40);
  const step = between(rng, 9, 18);
  const outline = [ellipse(0, 0, 48, wide, {})];
  let bands = '';
  for (let at = -60; at < 60; at += step) {
    bands += path(['M', at, -50, 'q', 8, 50, 0, 100], {
      fill: 'none',
      stroke: hex(near(rng, dark, 10)),
      'stroke-width': step * 0.45,
    });
  }
  return svg(
    'g',
    {},
    svg('clipPath', { id }, ...outline),
    ellipse(0, 0, 48, wide, { fill: hex(near(rng, light, 20)) }),
    svg('g', { 'clip-path': `url(#${id})` }, bands),
  );
};

/** A pebble or egg with spots. */
export const drawSpots: Motif = (rng, { dark, light }, _lightDegrees, id) => {
  const wide = between(rng, 22, 40);
  const spots = Array.from({ length: rng.integer(9, 22) }, () =>
    ellipse(between(rng, -46, 46), between(rng, -wide, wide), between(rng, 2.5, 7), between(rng, 2.5, 7), {
      fill: hex(near(rng, dark, 12)),
    }),
  );
  return svg(
    'g',
    {},
    svg('clipPath', { id }, ellipse(0, 0, 48, wide, {})),
    ellipse(0, 0, 48, wide, { fill: hex(near(rng, light, 20)) }),
    svg('g', { 'clip-path': `url(#${id})` }, ...spots),
  );
};
