import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSeed, Rng } from '#primitives';
import { sharp } from '../picture-loaders.js';
import { drawBackdrop } from './backdrop.js';
import { between, chance, near, pick } from './chance.js';
import { drawAnt } from './draw-ant.js';
import { drawBee } from './draw-bee.js';
import { darks, drawBodyColours, lights } from './palette.js';
import { drawPlaces, type Place } from './placement.js';
import { renderScene } from './render-scene.js';
import { ellipse, hex, path, placed, type Rgb, stroke } from './svg.js';

/** What `drawInsects` is asked for. */
export interface DrawInsectsOptions {
  /** Absolute path of the folder to fill; made if missing, files of the same name are replaced. */
  readonly folder: string;
  /** Training pictures of both classes together, integer >= 2. @default {244} */
  readonly train?: number;
  /** Validation pictures of both classes together, integer >= 2. @default {153} */
  readonly validation?: number;
  /** Test pictures of both classes together, integer >= 0. @default {0} */
  readonly test?: number;
  /** In [0, 2³²). @default {0} */
  readonly seed?: number;
  /** Called after every picture. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The classes of the drawn insects, in label order. */
export const insectClasses = ['ants', 'bees'] as const;
export type InsectClass = (typeof insectClasses)[number];

/**
 * Draws a set of insect pictures as `<folder>/<split>/<class>/<class>-001.jpg`: ants and bees on eight kinds of ground,
 * alone and close or several and small, in any direction, colour and light, partly hidden, blurred and compressed. Both
 * classes draw colours and grounds from the same palettes: the shape decides. The same seed gives the same bytes on one
 * machine. In each split half of the pictures are bees, the odd one too.
 */
export async function drawInsects(options: DrawInsectsOptions): Promise<void> {
  const { folder, train = 244, validation = 153, test = 0, seed = 0, onProgress, signal } = options;
  const counts = { train, validation, test };
  for (const [name, count] of Object.entries(counts)) {
    const least = name === 'test' ? 0 : 2;
    if (!Number.isInteger(count) || count < least) {
      throw new RangeError(`Cannot draw insects: ${name} is ${count}, must be an integer >= ${least}`);
    }
  }
  const total = train + validation + test;
  let done = 0;
  for (const [split, count] of Object.entries(counts)) {
    for (const className of count > 0 ? insectClasses : []) {
      const ofClass = className === 'ants' ? Math.floor(count / 2) : Math.ceil(count / 2);
      const target = join(folder, split, className);
      await mkdir(target, { recursive: true });
      for (let index = 1; index <= ofClass; index++) {
        signal?.throwIfAborted();
        const rng = new Rng(hashSeed(seed, 'insects', split, className, index));
        const name = `${className}-${String(index).padStart(3, '0')}.jpg`;
        await writeFile(join(target, name), await drawInsectJpeg(rng, className));
        onProgress?.(++done, total);
      }
    }
  }
}

/** One JPEG of 180–320 pixels a side. */
export async function drawInsectJpeg(rng: Rng, className: InsectClass): Promise<Uint8Array> {
  const [width, height] = [rng.integer(180, 321), rng.integer(180, 321)];
  const elements = drawInsectElements(rng, className, width, height);
  const backdrop = drawBackdrop(rng, width, height);
  const pixels = await renderScene(rng, { width, height, viewWidth: width, viewHeight: height, backdrop, elements });
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
  if (chance(rng, 0.35)) picture.blur(between(rng, 0.5, 1.5));
  return await picture.jpeg({ quality: rng.integer(55, 96) }).toBuffer();
}

function drawInsectElements(rng: Rng, className: InsectClass, width: number, height: number): string {
  const colours = drawBodyColours(rng);
  const lightDegrees = between(rng, 0, 360);
  const side = Math.min(width, height);
  const places = drawPlaces(rng, width, height);
  let drawn = litter(rng, width, height);
  places.forEach(({ x, y, length }, index) => {
    const degrees = between(rng, 0, 360);
    const local = lightDegrees - degrees;
    const insect = className === 'ants' ? drawAnt(rng, colours, local) : drawBee(rng, colours, local, `b${index}`);
    const scale: [number, number] = [length / 100, (length / 100) * between(rng, 0.82, 1.08)];
    const shadow = length * between(rng, 0.02, 0.07);
    const [dx, dy] = [
      -Math.cos((lightDegrees * Math.PI) / 180) * shadow,
      -Math.sin((lightDegrees * Math.PI) / 180) * shadow,
    ];
    drawn += placed(x + dx, y + dy, degrees, scale, ellipse(-4, 0, 48, 15, { fill: '#000000', opacity: 0.22 }));
    drawn += placed(x, y, degrees, scale, insect);
  });
  return drawn + (chance(rng, 0.35) ? occluder(rng, places[0], side) : '');
}

/** Twigs, seeds and striped bits that lie under insects of either class. */
function litter(rng: Rng, width: number, height: number): string {
  return Array.from({ length: rng.integer(0, 6) }, () => {
    const [x, y, size] = [between(rng, 0, width), between(rng, 0, height), between(rng, 0.05, 0.16) * width];
    const colour = near(rng, pick(rng, [...darks, ...lights]), 15);
    const turn = between(rng, 0, 360);
    switch (rng.integer(0, 3)) {
      case 0:
        return placed(
          x,
          y,
          turn,
          1,
          stroke([-size, 0, 0, size * between(rng, -0.2, 0.2), size, 0], hex(colour), size * 0.1),
        );
      case 1:
        return placed(x, y, turn, 1, ellipse(0, 0, size * 0.5, size * 0.25, { fill: hex(colour) }));
      default: {
        const bands = [-0.25, 0, 0.25].map((at) =>
          stroke([size * at, -size * 0.2, size * at, size * 0.2], hex(near(rng, pick(rng, darks), 10)), size * 0.09),
        );
        return placed(
          x,
          y,
          turn,
          1,
          ellipse(0, 0, size * 0.5, size * 0.3, { fill: hex(near(rng, pick(rng, lights), 15)) }),
          ...bands,
        );
      }
    }
  }).join('');
}

/** A blade that hides a part of an insect. */
function occluder(rng: Rng, { x, y, length }: Place, side: number): string {
  const width = length * between(rng, 0.06, 0.16);
  const colour = near(
    rng,
    pick<Rgb>(rng, [
      [80, 125, 50],
      [120, 105, 70],
      [60, 95, 45],
      [190, 190, 150],
    ]),
    20,
  );
  const offset = length * between(rng, -0.3, 0.3);
  const blade = path(
    ['M', -side, width, 'Q', 0, -width, side, -width * 0.3, 'Q', 0, width * 0.6, -side, width * 2, 'Z'],
    { fill: hex(colour) },
  );
  return placed(x + offset, y + offset * 0.5, between(rng, 0, 180), 1, blade);
}
