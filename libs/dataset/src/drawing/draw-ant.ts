import type { Rng } from '#primitives';
import { between, chance, near } from './chance.js';
import type { BodyColours } from './palette.js';
import { highlight, lightX, lightY, shaded } from './shading.js';
import { ellipse, hex, mix, path, placed, type Rgb, stroke, svg } from './svg.js';

/**
 * An ant seen from above, head to the right, about 100 units long around the origin: a wide head, a narrow thorax, a
 * thin waist and a drop-shaped gaster; long elbowed antennae, six long legs, no wings.
 *
 * @param lightDegrees Direction of the light in the insect's own frame.
 */
export function drawAnt(rng: Rng, { dark, light }: BodyColours, lightDegrees: number): string {
  // An ant is dark, light, or of two colours; never mostly stripes.
  const tone = () => (chance(rng, 0.62) ? near(rng, dark, 8) : near(rng, mix(dark, light, between(rng, 0.4, 0.95)), 8));
  const whole = tone();
  const [headColour, thoraxColour, gasterColour] = chance(rng, 0.5) ? [whole, whole, whole] : [tone(), tone(), tone()];
  const limb = hex(mix(thoraxColour, [0, 0, 0], 0.25));
  const body = (x: number, y: number, rx: number, ry: number, colour: Rgb) =>
    shaded(x, y, rx, ry, colour, lightDegrees);
  const plump = between(rng, 0.85, 1.2);
  const gaster = [
    path(['M', 0, 0, 'C', -6, -13 * plump, -24, -15 * plump, -38, 0, 'C', -24, 15 * plump, -6, 13 * plump, 0, 0, 'Z'], {
      fill: hex(gasterColour),
    }),
    ellipse(-17 + lightX(lightDegrees, 5), lightY(lightDegrees, 4), 9, 4.5 * plump, highlight(gasterColour)),
    ...[-13, -21, -28].map((x) =>
      path(['M', x, -9.5 * plump, 'q', -4, 9.5 * plump, 0, 19 * plump], {
        fill: 'none',
        stroke: hex(mix(gasterColour, chance(rng, 0.5) ? [0, 0, 0] : light, 0.35)),
        'stroke-width': between(rng, 0.6, 1.8),
      }),
    ),
  ];
  const head = [
    ...[-1, 1].map((side) => antenna(rng, side, limb)),
    ...[-1, 1].map((side) => stroke([8, side * 4, 15, side * 5, 17, side * 1.2], limb, 2.2)),
    path(['M', -9, 0, 'C', -10, -11, 6, -11, 11, -5, 'L', 11, 5, 'C', 6, 11, -10, 11, -9, 0, 'Z'], {
      fill: hex(headColour),
    }),
    ellipse(lightX(lightDegrees, 3), lightY(lightDegrees, 3), 4.5, 3.5, highlight(headColour)),
    ...[-1, 1].map((side) => ellipse(1, side * 7.6, 2, 1.6, { fill: hex(mix(headColour, [0, 0, 0], 0.7)) })),
  ];
  return svg(
    'g',
    {},
    ...antLegs(rng, limb),
    placed(-21, 0, between(rng, -22, 22), between(rng, 0.9, 1.08), ...gaster),
    body(-18, 0, 3.6, 3.4, thoraxColour),
    body(-8, 0, 9.5, 5.2, thoraxColour),
    body(6, 0, 10, 6.6, thoraxColour),
    placed(25, 0, between(rng, -20, 20), between(rng, 0.9, 1.15), ...head),
  );
}

function antenna(rng: Rng, side: number, colour: string): string {
  const open = between(rng, 9, 15);
  const [kneeX, kneeY] = [between(rng, 16, 22), side * open];
  const [tipX, tipY] = [kneeX + between(rng, 12, 20), side * (open + between(rng, -7, 9))];
  return stroke([8, side * 3.5, kneeX, kneeY, tipX, tipY], colour, 1.8);
}

function antLegs(rng: Rng, colour: string): string[] {
  const rows = [
    { from: 10, knee: [20, 17], foot: [33, 30] },
    { from: 1, knee: [3, 22], foot: [4, 40] },
    { from: -7, knee: [-17, 19], foot: [-36, 37] },
  ];
  return rows.flatMap(({ from, knee, foot }) =>
    [-1, 1].map((side) => {
      const step = between(rng, -7, 7);
      const reach = between(rng, 0.85, 1.1);
      const [kneeX, kneeY] = [knee[0] + step * 0.5, side * knee[1] * reach];
      const [footX, footY] = [foot[0] + step, side * foot[1] * reach];
      return (
        stroke([from, side * 4, kneeX, kneeY], colour, 2.6) +
        stroke([kneeX, kneeY, footX, footY, footX + Math.sign(footX) * 4, footY + side * 3], colour, 1.7)
      );
    }),
  );
}
