import type { Rng } from '#primitives';
import { between, chance, near } from './chance.js';
import type { BodyColours } from './palette.js';
import { highlight, lightX, lightY } from './shading.js';
import { ellipse, hex, mix, path, placed, type Rgb, stroke, svg } from './svg.js';

/**
 * A bee seen from above, head to the right, about 100 units long around the origin: a furry round thorax on a broad,
 * banded abdomen without a waist; two pairs of clear wings, large eyes, short antennae and short legs.
 *
 * @param id Unique within the picture; names the clip path of the bands.
 * @param lightDegrees Direction of the light in the insect's own frame.
 */
export function drawBee(rng: Rng, { dark, light }: BodyColours, lightDegrees: number, id: string): string {
  const limb = hex(mix(dark, [0, 0, 0], 0.3));
  const hair = near(rng, mix(dark, light, between(rng, 0.05, 0.75)), 10);
  const spread = chance(rng, 0.5) ? between(rng, 105, 135) : between(rng, 140, 166);
  const wings = [-1, 1].map((side) => wingPair(rng, side, spread));
  const folded = spread > 138; // folded wings lie on the back, spread ones beside the body
  const body = [
    ...beeLegs(rng, limb, light),
    placed(-4, 0, between(rng, -10, 10), [1, between(rng, 0.9, 1.15)], abdomen(rng, { dark, light }, lightDegrees, id)),
    placed(26, 0, between(rng, -12, 12), 1, beeHead(rng, dark, limb)),
    fur(rng, 9, 15.5, hair),
    ellipse(9, 0, 15, 14.5, { fill: hex(hair) }),
    ellipse(9, 0, 7, 6.5, { fill: hex(mix(hair, dark, 0.5)), opacity: 0.6 }),
    ellipse(9 + lightX(lightDegrees, 5), lightY(lightDegrees, 5), 6, 5, { ...highlight(hair), opacity: 0.25 }),
  ];
  return svg('g', {}, ...(folded ? [...body, ...wings] : [...wings, ...body]));
}

function abdomen(rng: Rng, { dark, light }: BodyColours, lightDegrees: number, id: string): string {
  const width = between(rng, 15, 18.5);
  const outline = [
    'M',
    2,
    0,
    'C',
    0,
    -width * 1.1,
    -28,
    -width * 1.35,
    -50,
    -2.5,
    'L',
    -53,
    0,
    'L',
    -50,
    2.5,
    'C',
    -28,
    width * 1.35,
    0,
    width * 1.1,
    2,
    0,
    'Z',
  ];
  const contrast = between(rng, 0.55, 1);
  const band = mix(dark, light, contrast);
  const count = rng.integer(3, 6);
  const step = 46 / count;
  const share = between(rng, 0.35, 0.6);
  let bands = '';
  for (let index = 0; index < count; index++) {
    const x = -3 - index * step;
    bands += path(['M', x, -24, 'q', -7, 24, 0, 48, 'l', -step * share, 0, 'q', -7, -24, 0, -48, 'Z'], {
      fill: hex(near(rng, band, 8)),
    });
  }
  return (
    svg('clipPath', { id }, path(outline, {})) +
    path(outline, { fill: hex(dark) }) +
    svg('g', { 'clip-path': `url(#${id})` }, bands) +
    ellipse(-22 + lightX(lightDegrees, 8), lightY(lightDegrees, 6), 13, 5, { ...highlight(band), opacity: 0.25 })
  );
}

function beeHead(rng: Rng, dark: Rgb, limb: string): string {
  const feelers = [-1, 1].map((side) => {
    const open = between(rng, 4, 7);
    return stroke(
      [6, side * 2.5, 11, side * open, between(rng, 17, 21), side * (open + between(rng, -1, 5))],
      limb,
      1.9,
    );
  });
  return [
    ...feelers,
    ellipse(2, 0, 7.5, 11.5, { fill: hex(mix(dark, [0, 0, 0], 0.15)) }),
    ...[-1, 1].map(
      (side) =>
        ellipse(2.5, side * 8.5, 4.6, 4.8, { fill: hex(mix(dark, [10, 5, 5], 0.75)) }) +
        ellipse(3.5, side * 9, 1.5, 1.4, { fill: '#ffffff', opacity: 0.35 }),
    ),
  ].join('');
}

function fur(rng: Rng, x: number, radius: number, colour: Rgb): string {
  const lines: (string | number)[] = [];
  const count = 34;
  for (let index = 0; index < count; index++) {
    const angle = (index / count) * 2 * Math.PI + between(rng, -0.08, 0.08);
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const out = radius + between(rng, 1, 4);
    lines.push('M', x + dx * radius * 0.8, dy * radius * 0.8, 'L', x + dx * out, dy * out);
  }
  return path(lines, {
    fill: 'none',
    stroke: hex(mix(colour, [255, 255, 255], 0.12)),
    'stroke-width': 1.6,
    'stroke-linecap': 'round',
  });
}

function wingPair(rng: Rng, side: number, spreadDegrees: number): string {
  const tint = hex(near(rng, [225, 225, 215], 20));
  const edge = hex(near(rng, [90, 80, 65], 20));
  const opacity = between(rng, 0.38, 0.6);
  const wing = (x: number, y: number, degrees: number, length: number, width: number) =>
    placed(
      x,
      y * side,
      degrees * side,
      [length / 50, (width / 18) * side],
      path(['M', 0, 0, 'C', 12, -11, 40, -13, 50, -4, 'C', 52, 4, 36, 8, 20, 6, 'C', 10, 5, 4, 2, 0, 0, 'Z'], {
        fill: tint,
        'fill-opacity': opacity,
        stroke: edge,
        'stroke-width': 0.9,
        'stroke-opacity': 0.75,
      }),
      path(
        [
          'M',
          0,
          0,
          'Q',
          25,
          -6,
          46,
          -4,
          'M',
          4,
          1,
          'Q',
          24,
          0,
          42,
          3,
          'M',
          22,
          -4,
          'L',
          26,
          4,
          'M',
          34,
          -5,
          'L',
          36,
          3,
        ],
        {
          fill: 'none',
          stroke: edge,
          'stroke-width': 0.7,
          'stroke-opacity': 0.6,
        },
      ),
    );
  const drift = between(rng, -5, 5);
  return (
    wing(0, 8, spreadDegrees + 12 + drift, between(rng, 32, 38), 17) +
    wing(6, 9, spreadDegrees + drift, between(rng, 50, 60), 21)
  );
}

function beeLegs(rng: Rng, colour: string, light: Rgb): string[] {
  const rows = [
    { from: 16, knee: [22, 17], foot: [31, 21], width: 2.8 },
    { from: 8, knee: [7, 22], foot: [4, 30], width: 3 },
    { from: 0, knee: [-9, 22], foot: [-21, 27], width: 4.2 },
  ];
  const hasPollen = chance(rng, 0.35);
  return rows.flatMap(({ from, knee, foot, width }, row) =>
    [-1, 1].map((side) => {
      const step = between(rng, -4, 4);
      const points = [from, side * 10, knee[0] + step, side * knee[1], foot[0] + step, side * foot[1]];
      const pollen = hasPollen && row === 2 ? ellipse(knee[0] - 5 + step, side * 24, 5, 3.6, { fill: hex(light) }) : '';
      return stroke(points, colour, width) + pollen;
    }),
  );
}
