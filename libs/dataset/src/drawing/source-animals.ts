import type { Rng } from '#primitives';
import { between, chance, near } from './chance.js';
import type { BodyColours } from './palette.js';
import { shaded } from './shading.js';
import { ellipse, hex, mix, path, placed, stroke, svg } from './svg.js';

/**
 * Draws one thing about 100 units long around the origin, head or top to the right.
 *
 * @param id Unique within the picture; names what the drawing refers to inside itself.
 */
export type Motif = (rng: Rng, colours: BodyColours, lightDegrees: number, id: string) => string;

const sides = [-1, 1] as const;

/** A beetle: one oval shell with a seam, a small head, six stout legs. */
export const drawBeetle: Motif = (rng, { dark, light }, lightDegrees) => {
  const shell = near(rng, mix(dark, light, between(rng, 0, 0.7)), 12);
  const width = between(rng, 23, 30);
  const line = hex(mix(shell, [0, 0, 0], 0.5));
  const legs = [20, 0, -20].flatMap((x) =>
    sides.map((side) =>
      stroke([x, side * 15, x + between(rng, -4, 8), side * 36, x + between(rng, -14, 2), side * 45], hex(dark), 4),
    ),
  );
  const horns = sides.map((side) => stroke([44, side * 5, 52, side * 12, 58, side * 10], hex(dark), 2.5));
  return [
    ...legs,
    ...horns,
    shaded(36, 0, 12, 11, dark, lightDegrees),
    shaded(22, 0, 13, width * 0.8, mix(shell, dark, 0.5), lightDegrees),
    shaded(-12, 0, 36, width, shell, lightDegrees),
    stroke([24, 0, -48, 0], line, 2),
    ...sides.map((side) =>
      path(['M', 18, side * 9, 'Q', -12, side * 14, -42, side * 6], { fill: 'none', stroke: line, 'stroke-width': 1 }),
    ),
  ].join('');
};

/** A ladybird: a round shell with spots. */
export const drawLadybird: Motif = (rng, { dark, light }, lightDegrees) => {
  const spots = Array.from({ length: rng.integer(3, 6) }, (_, index) =>
    sides.map((side) =>
      ellipse(
        22 - index * 15 + between(rng, -3, 3),
        side * between(rng, 8, 24),
        between(rng, 4, 7),
        between(rng, 4, 7),
        { fill: hex(dark) },
      ),
    ),
  ).flat();
  return [
    ...[20, 0, -20].flatMap((x) => sides.map((side) => stroke([x, side * 30, x * 1.2, side * 46], hex(dark), 4))),
    ellipse(36, 0, 14, 18, { fill: hex(dark) }),
    shaded(-6, 0, 42, 38, near(rng, light, 15), lightDegrees),
    stroke([36, 0, -48, 0], hex(dark), 2.5),
    ...spots,
  ].join('');
};

/** A butterfly: four broad patterned wings on a thin body. */
export const drawButterfly: Motif = (rng, { dark, light }) => {
  const wing = near(rng, light, 25);
  const open = between(rng, 0.7, 1.15);
  const edge = { stroke: hex(dark), 'stroke-width': between(rng, 1.5, 4) };
  const wings = sides.flatMap((side) => [
    path(
      [
        'M',
        2,
        0,
        'C',
        20,
        side * 20 * open,
        50,
        side * 58 * open,
        22,
        side * 56 * open,
        'C',
        0,
        side * 56 * open,
        -4,
        side * 20,
        2,
        0,
        'Z',
      ],
      { fill: hex(wing), ...edge },
    ),
    path(
      [
        'M',
        -2,
        0,
        'C',
        -16,
        side * 18 * open,
        -48,
        side * 42 * open,
        -26,
        side * 46 * open,
        'C',
        -4,
        side * 46 * open,
        -2,
        side * 18,
        -2,
        0,
        'Z',
      ],
      { fill: hex(mix(wing, dark, 0.25)), ...edge },
    ),
    ellipse(20, side * 42 * open, 6, 6, { fill: hex(dark) }),
    ellipse(-22, side * 34 * open, 5, 5, { fill: hex(mix(light, [255, 255, 255], 0.6)) }),
  ]);
  const feelers = sides.map((side) =>
    path(['M', 22, 0, 'Q', 38, side * 3, 44, side * 15], { fill: 'none', stroke: hex(dark), 'stroke-width': 1.6 }),
  );
  return [...wings, ...feelers, ellipse(-2, 0, 26, 4.5, { fill: hex(dark) })].join('');
};

/** A dragonfly: a very long thin body with four narrow wings straight to the sides. */
export const drawDragonfly: Motif = (rng, { dark, light }) => {
  const body = hex(near(rng, mix(dark, light, between(rng, 0.1, 0.9)), 15));
  const tilt = between(rng, -8, 8);
  const wings = sides.flatMap((side) =>
    [20, 6].map((x, pair) =>
      placed(
        x,
        side * 3,
        side * (90 + (pair === 0 ? -8 : 12) + tilt),
        1,
        ellipse(24, 0, 24, 5.5, { fill: '#e8f0f4', 'fill-opacity': 0.55, stroke: hex(dark), 'stroke-width': 1 }),
      ),
    ),
  );
  const rings = Array.from({ length: 6 }, (_, index) =>
    stroke([-4 - index * 8, -3, -4 - index * 8, 3], hex(dark), 1.2),
  );
  return [
    ...wings,
    ellipse(-22, 0, 32, 3.2, { fill: body }),
    ...rings,
    ellipse(14, 0, 12, 7, { fill: body }),
    ...sides.map((side) => ellipse(30, side * 5, 6, 6, { fill: hex(dark) })),
  ].join('');
};

/** A spider: two body parts and eight bent legs all round. */
export const drawSpider: Motif = (rng, { dark, light }, lightDegrees) => {
  const legs = sides.flatMap((side) =>
    [25, 62, 100, 142].map((degrees) => {
      const angle = ((degrees + between(rng, -9, 9)) * Math.PI) / 180;
      const [x, y] = [Math.cos(angle), Math.sin(angle) * side];
      return stroke([12 + x * 6, y * 8, 10 + x * 28, y * 30, 8 + x * 48, y * 48], hex(dark), between(rng, 2.5, 4.5));
    }),
  );
  const belly = near(rng, mix(dark, light, between(rng, 0.2, 0.8)), 12);
  return [
    ...legs,
    shaded(-18, 0, between(rng, 20, 27), between(rng, 16, 22), belly, lightDegrees),
    shaded(13, 0, 14, 11, dark, lightDegrees),
    ...sides.map((side) => stroke([24, side * 4, 33, side * 6], hex(dark), 4)),
    stroke([-32, 0, -6, 0], hex(mix(belly, light, 0.7)), 3),
  ].join('');
};

/** A fish: a spindle with a forked tail, fins, scales and one eye. */
export const drawFish: Motif = (rng, { dark, light }) => {
  const skin = near(rng, mix(dark, light, between(rng, 0.3, 1)), 18);
  const high = between(rng, 14, 24);
  const fin = { fill: hex(mix(skin, dark, 0.4)) };
  const scales = Array.from({ length: rng.integer(3, 7) }, (_, index) =>
    path(['M', 18 - index * 10, -high * 0.6, 'q', -9, high * 0.6, 0, high * 1.2], {
      fill: 'none',
      stroke: hex(mix(skin, dark, 0.5)),
      'stroke-width': 2,
    }),
  );
  return [
    path(['M', -30, 0, 'L', -52, -high, 'L', -45, 0, 'L', -52, high, 'Z'], fin),
    path(['M', 10, -high * 0.8, 'L', -14, -high * 1.6, 'L', -20, -high * 0.5, 'Z'], fin),
    path(
      ['M', 48, 0, 'C', 30, -high * 1.4, -10, -high * 1.4, -38, 0, 'C', -10, high * 1.4, 30, high * 1.4, 48, 0, 'Z'],
      { fill: hex(skin) },
    ),
    ...scales,
    path(['M', 26, -high * 0.7, 'Q', 20, 0, 26, high * 0.7], { fill: 'none', stroke: hex(dark), 'stroke-width': 2 }),
    ellipse(36, -high * 0.22, 4, 4, { fill: '#f4f4f0' }),
    ellipse(36.5, -high * 0.22, 2, 2, { fill: '#101010' }),
  ].join('');
};

/** A snail: a spiral shell on a long foot with two eye stalks. */
export const drawSnail: Motif = (rng, { dark, light }) => {
  const flesh = hex(near(rng, mix(dark, light, 0.5), 15));
  const shell = near(rng, mix(dark, light, between(rng, 0.2, 0.9)), 15);
  const spiral: number[] = [];
  for (let turn = 0; turn < 3; turn += 0.06) {
    const angle = turn * 2 * Math.PI;
    spiral.push(-8 + Math.cos(angle) * turn * 8.5, -6 + Math.sin(angle) * turn * 8.5);
  }
  return [
    path(['M', -52, 24, 'Q', -10, 12, 26, 14, 'Q', 34, -4, 46, 2, 'Q', 50, 18, 34, 24, 'Z'], { fill: flesh }),
    stroke([42, 4, 50, -12], flesh, 3),
    stroke([38, 3, 40, -14], flesh, 3),
    ellipse(-8, -6, 28, 26, { fill: hex(shell) }),
    stroke(spiral, hex(mix(shell, dark, 0.75)), 3.5),
  ].join('');
};

/** A bird from the side: round body, head with a beak, wing and tail. */
export const drawBird: Motif = (rng, { dark, light }) => {
  const plume = near(rng, mix(dark, light, between(rng, 0.1, 0.9)), 20);
  const lift = between(rng, -8, 10);
  return [
    stroke([-2, 16, -2, 36, 6, 36], hex(dark), 2.5),
    stroke([8, 16, 8, 36, 16, 36], hex(dark), 2.5),
    path(['M', -20, -2, 'L', -54, -8 - lift, 'L', -50, 6 - lift, 'Z'], { fill: hex(mix(plume, dark, 0.5)) }),
    ellipse(0, 2, 28, 19, { fill: hex(plume) }),
    ellipse(26, -16, 13, 12, { fill: hex(mix(plume, dark, 0.2)) }),
    path(['M', 37, -19, 'L', 52, -14, 'L', 37, -11, 'Z'], { fill: hex(mix(light, [240, 160, 30], 0.6)) }),
    ellipse(29, -19, 2.4, 2.4, { fill: '#101010' }),
    path(['M', 12, -6, 'Q', -10, -16 - lift, -34, 2 - lift, 'Q', -8, 14, 12, -6, 'Z'], {
      fill: hex(mix(plume, dark, 0.45)),
    }),
  ].join('');
};

/** A worm: one thick wavy line with rings. */
export const drawWorm: Motif = (rng, { dark, light }) => {
  const skin = near(rng, mix(mix(dark, light, 0.5), [205, 120, 110], 0.5), 20);
  const [swing, waves, phase] = [between(rng, 10, 24), between(rng, 0.7, 1.6), between(rng, 0, 6.28)];
  const at = (t: number): [number, number] => [-48 + 96 * t, Math.sin(phase + t * waves * 6.28) * swing];
  const spine = Array.from({ length: 25 }, (_, index) => at(index / 24)).flat();
  const thick = between(rng, 7, 12);
  const rings = Array.from({ length: 14 }, (_, index) => {
    const [x, y] = at((index + 1) / 15);
    return ellipse(x, y, 1, thick * 0.4, { fill: hex(mix(skin, dark, 0.35)) });
  });
  return stroke(spine, hex(skin), thick) + rings.join('');
};

/** A starfish: five broad arms with dots. */
export const drawStarfish: Motif = (rng, { dark, light }) => {
  const skin = near(rng, mix(dark, light, between(rng, 0.4, 1)), 20);
  const inner = between(rng, 15, 22);
  const outline: (string | number)[] = [];
  let dots = '';
  for (let arm = 0; arm < 5; arm++) {
    const [tip, gap] = [(arm * 72 * Math.PI) / 180, ((arm * 72 + 36) * Math.PI) / 180];
    outline.push(
      arm === 0 ? 'M' : 'L',
      Math.cos(tip) * 50,
      Math.sin(tip) * 50,
      'L',
      Math.cos(gap) * inner,
      Math.sin(gap) * inner,
    );
    for (const reach of [10, 20, 30, 39])
      dots += ellipse(Math.cos(tip) * reach, Math.sin(tip) * reach, 2.2, 2.2, {
        fill: hex(mix(skin, [255, 255, 255], 0.5)),
      });
  }
  const rim = { stroke: hex(mix(skin, dark, 0.5)), 'stroke-width': 4, 'stroke-linejoin': 'round' };
  return svg('g', {}, path([...outline, 'Z'], { fill: hex(skin), ...rim }), dots);
};

/** A caterpillar: a bow of round segments with many short legs and no wings. */
export const drawCaterpillar: Motif = (rng, { dark, light }, lightDegrees) => {
  const [first, second] = [near(rng, mix(dark, light, between(rng, 0.3, 1)), 20), near(rng, light, 25)];
  const bow = between(rng, -22, 22);
  const count = rng.integer(7, 10);
  let parts = '';
  for (let index = 0; index < count; index++) {
    const t = index / (count - 1);
    const [x, y] = [-44 + 88 * t, Math.sin(t * Math.PI) * bow];
    parts += sides.map((side) => stroke([x, y, x + between(rng, -3, 3), y + side * 15], hex(dark), 2)).join('');
    parts += shaded(x, y, 9, 10, index === count - 1 ? dark : index % 2 === 0 ? first : second, lightDegrees);
  }
  return (
    parts + (chance(rng, 0.5) ? stroke([46, -3, 56, -9], hex(dark), 2) + stroke([46, 3, 56, 9], hex(dark), 2) : '')
  );
};
