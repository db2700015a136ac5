import type { Rng } from '#primitives';
import { between, betweenColours, chance, near, pick } from './chance.js';
import { ellipse, hex, mix, path, type Rgb, stroke } from './svg.js';

/** What lies behind the things that are drawn; lengths are in the units of the view box. */
export interface Backdrop {
  /** The ground runs between these two colours, following smooth noise. */
  readonly colours: readonly [Rgb, Rgb];
  /** Cells of the smooth noise along the longer side, >= 1. */
  readonly noiseCells: number;
  /** Standard deviation of the grain, in 0–255. */
  readonly grain: number;
  /** SVG elements on the ground. */
  readonly elements: string;
}

type Maker = (rng: Rng, width: number, height: number) => Backdrop;

const greens: readonly Rgb[] = [
  [74, 122, 45],
  [110, 150, 60],
  [48, 92, 50],
  [150, 170, 90],
];
const earths: readonly Rgb[] = [
  [205, 180, 140],
  [170, 140, 105],
  [128, 100, 75],
  [222, 205, 175],
  [150, 150, 145],
];
const blooms: readonly Rgb[] = [
  [235, 190, 50],
  [230, 120, 160],
  [240, 240, 235],
  [170, 110, 200],
  [220, 80, 60],
  [240, 160, 60],
];
const skies: readonly Rgb[] = [
  [150, 190, 225],
  [200, 215, 225],
  [235, 225, 205],
  [120, 150, 190],
  [180, 200, 160],
];

const makers: readonly Maker[] = [grass, sand, leaf, flower, sky, bark, tiles, gravel];

/** Draws the ground of a picture: one of eight kinds in varied colours, the same for every class. */
export function drawBackdrop(rng: Rng, width: number, height: number): Backdrop {
  const made = pick(rng, makers)(rng, width, height);
  // Any ground in any light: a quarter of them is pulled towards a foreign colour.
  if (!chance(rng, 0.25)) return made;
  const foreign = pick(rng, [...greens, ...earths, ...blooms, ...skies]);
  const share = between(rng, 0.3, 0.8);
  return { ...made, colours: [mix(made.colours[0], foreign, share), mix(made.colours[1], foreign, share)] };
}

function grass(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, greens), 20);
  const lean = between(rng, -0.4, 0.4);
  const blades = many(rng, 25, 45, () => {
    const x = between(rng, -0.1, 1.1) * width;
    const y = between(rng, 0.2, 1.2) * height;
    const length = between(rng, 0.3, 0.8) * height;
    const bend = (lean + between(rng, -0.35, 0.35)) * length;
    const colour = hex(near(rng, betweenColours(rng, base, pick(rng, greens)), 18));
    return path(['M', x, y, 'q', bend * 0.2, -length * 0.6, bend, -length], {
      fill: 'none',
      stroke: colour,
      'stroke-width': between(rng, 0.008, 0.03) * width,
      'stroke-linecap': 'round',
    });
  });
  return { colours: [mix(base, [20, 35, 15], 0.4), base], noiseCells: 5, grain: between(rng, 3, 8), elements: blades };
}

function sand(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, earths), 15);
  const pebbles = many(rng, 3, 22, () =>
    ellipse(
      between(rng, 0, width),
      between(rng, 0, height),
      between(rng, 0.006, 0.03) * width,
      between(rng, 0.005, 0.022) * width,
      {
        fill: hex(near(rng, mix(base, pick(rng, earths), 0.6), 20)),
      },
    ),
  );
  return { colours: [mix(base, [0, 0, 0], 0.15), base], noiseCells: 9, grain: between(rng, 10, 22), elements: pebbles };
}

function leaf(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, greens), 20);
  const vein = hex(mix(base, chance(rng, 0.7) ? [235, 240, 190] : [20, 30, 10], between(rng, 0.2, 0.45)));
  const angle = between(rng, 0, Math.PI);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const [x, y, reach] = [between(rng, 0.3, 0.7) * width, between(rng, 0.3, 0.7) * height, Math.max(width, height)];
  const thickness = between(rng, 0.008, 0.025) * width;
  const parts = [stroke([x - dx * reach, y - dy * reach, x + dx * reach, y + dy * reach], vein, thickness)];
  const gap = between(rng, 0.1, 0.22);
  for (let at = -1; at < 1; at += gap) {
    for (const side of [-1, 1]) {
      const [sx, sy] = [x + dx * reach * at, y + dy * reach * at];
      const [ex, ey] = [dx * 0.6 - dy * side * 0.8, dy * 0.6 + dx * side * 0.8];
      parts.push(stroke([sx, sy, sx + ex * reach, sy + ey * reach], vein, thickness * 0.5, { opacity: 0.7 }));
    }
  }
  return {
    colours: [base, mix(base, [255, 255, 200], 0.2)],
    noiseCells: 4,
    grain: between(rng, 2, 7),
    elements: parts.join(''),
  };
}

function flower(rng: Rng, width: number, height: number): Backdrop {
  const ground = near(rng, pick(rng, greens), 20);
  const bloom = near(rng, pick(rng, blooms), 15);
  const heart = near(rng, pick(rng, blooms), 25);
  const [x, y] = [between(rng, 0.2, 0.8) * width, between(rng, 0.2, 0.8) * height];
  const size = between(rng, 0.45, 0.8) * Math.max(width, height);
  const count = rng.integer(5, 14);
  const turn = between(rng, 0, 360);
  let parts = '';
  for (let index = 0; index < count; index++) {
    const transform = `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${(turn + (360 * index) / count).toFixed(1)})`;
    const colour = hex(near(rng, bloom, 12));
    parts += ellipse(size * 0.55, 0, size * 0.5, (size * 1.5) / count, {
      fill: colour,
      stroke: hex(mix(bloom, ground, 0.4)),
      'stroke-width': size * 0.006,
      transform,
    });
  }
  parts += ellipse(x, y, size * 0.16, size * 0.16, { fill: hex(heart) });
  return { colours: [mix(ground, [0, 0, 0], 0.3), ground], noiseCells: 4, grain: between(rng, 2, 7), elements: parts };
}

function sky(rng: Rng, width: number, height: number): Backdrop {
  const spots = many(rng, 0, 9, () =>
    ellipse(
      between(rng, 0, width),
      between(rng, 0, height),
      between(rng, 0.05, 0.2) * width,
      between(rng, 0.05, 0.2) * width,
      {
        fill: hex(near(rng, pick(rng, [...skies, ...greens]), 20)),
        opacity: between(rng, 0.15, 0.5),
      },
    ),
  );
  const colours = [near(rng, pick(rng, skies), 20), near(rng, pick(rng, [...skies, ...greens]), 20)] as const;
  return { colours, noiseCells: rng.integer(1, 4), grain: between(rng, 1, 6), elements: spots };
}

function bark(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, earths), 20);
  const lines = many(rng, 14, 34, () => {
    const x = between(rng, 0, width);
    const sway = () => between(rng, -0.06, 0.06) * width;
    return stroke(
      [x, -5, x + sway(), height * 0.33, x + sway(), height * 0.66, x + sway(), height + 5],
      hex(mix(base, chance(rng, 0.7) ? [25, 18, 12] : [245, 235, 215], between(rng, 0.2, 0.6))),
      between(rng, 0.004, 0.02) * width,
      { opacity: 0.8 },
    );
  });
  return { colours: [mix(base, [30, 20, 15], 0.3), base], noiseCells: 12, grain: between(rng, 5, 14), elements: lines };
}

function tiles(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, [...earths, ...skies]), 20);
  const step = between(rng, 0.2, 0.6) * width;
  const line = hex(mix(base, chance(rng, 0.5) ? [40, 40, 40] : [250, 250, 250], 0.5));
  const thickness = between(rng, 0.005, 0.025) * width;
  const turn = between(rng, -45, 45);
  let parts = '';
  for (let at = -2 * width; at < 3 * width; at += step) {
    parts += stroke([at, -2 * height, at, 3 * height], line, thickness);
    if (step > 0.35 * width) parts += stroke([-2 * width, at, 3 * width, at], line, thickness);
  }
  const elements = `<g transform="rotate(${turn.toFixed(1)})">${parts}</g>`;
  return { colours: [base, mix(base, [255, 255, 255], 0.15)], noiseCells: 3, grain: between(rng, 2, 9), elements };
}

function gravel(rng: Rng, width: number, height: number): Backdrop {
  const base = near(rng, pick(rng, [...earths, ...greens]), 20);
  const stones = many(rng, 30, 60, () => {
    const size = between(rng, 0.03, 0.1) * width;
    const [x, y] = [between(rng, 0, width), between(rng, 0, height)];
    const transform = `rotate(${between(rng, 0, 180).toFixed(0)} ${x.toFixed(1)} ${y.toFixed(1)})`;
    const fill = hex(near(rng, mix(base, pick(rng, earths), 0.5), 28));
    return ellipse(x, y, size, size * between(rng, 0.5, 0.9), { fill, transform });
  });
  return {
    colours: [mix(base, [20, 18, 15], 0.5), mix(base, [20, 18, 15], 0.2)],
    noiseCells: 8,
    grain: between(rng, 4, 12),
    elements: stones,
  };
}

function many(rng: Rng, low: number, high: number, make: () => string): string {
  return Array.from({ length: rng.integer(low, high + 1) }, make).join('');
}
