import { hashSeed, Rng } from '#primitives';
import type { LoadedSplit } from '../load-split.js';
import { drawBackdrop } from './backdrop.js';
import { between } from './chance.js';
import { drawBodyColours } from './palette.js';
import { drawPlaces } from './placement.js';
import { renderScene } from './render-scene.js';
import {
  drawBeetle,
  drawBird,
  drawButterfly,
  drawCaterpillar,
  drawDragonfly,
  drawFish,
  drawLadybird,
  drawSnail,
  drawSpider,
  drawStarfish,
  drawWorm,
  type Motif,
} from './source-animals.js';
import { drawFlower, drawLeaf, drawMushroom, drawSpots, drawStripes } from './source-plants.js';
import { placed } from './svg.js';

const motifs: Readonly<Record<string, Motif>> = {
  beetle: drawBeetle,
  bird: drawBird,
  butterfly: drawButterfly,
  caterpillar: drawCaterpillar,
  dragonfly: drawDragonfly,
  fish: drawFish,
  flower: drawFlower,
  ladybird: drawLadybird,
  leaf: drawLeaf,
  mushroom: drawMushroom,
  snail: drawSnail,
  spider: drawSpider,
  spots: drawSpots,
  starfish: drawStarfish,
  stripes: drawStripes,
  worm: drawWorm,
};

/** The classes of the source task, in label order; neither ants nor bees are among them. */
export const sourceClasses: readonly string[] = Object.keys(motifs).sort();

/** What `drawSourceTask` is asked for. */
export interface DrawSourceTaskOptions {
  /** Integer >= 1. */
  readonly imagesPerClass: number;
  /** Height and width of every picture, pixels, integer >= 16. */
  readonly imageSize: number;
  /** In [0, 2³²). @default {0} */
  readonly seed?: number;
  /** Different pictures for the same seed. @default {'train'} */
  readonly split?: 'train' | 'validation';
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** One picture of the source task. */
export interface SourcePicture {
  /** imageSize × imageSize × 3 bytes, row-major, R, G, B. */
  readonly pixels: Uint8Array;
  /** Index into `sourceClasses`. */
  readonly label: number;
  /** `<class>-<number>`. */
  readonly id: string;
}

/**
 * Draws the task on which networks are pretrained where no downloaded weights are at hand: sixteen kinds of small
 * animals, plants and patterns over the same grounds, scales and lights as the insects. In memory, one round of all
 * classes after the other; the same seed gives the same pixels on one machine.
 *
 * @throws {RangeError} if an option is out of range.
 */
export async function* drawSourceTask(options: DrawSourceTaskOptions): AsyncGenerator<SourcePicture, void, undefined> {
  const { imagesPerClass, imageSize, seed = 0, split = 'train', onProgress, signal } = options;
  checkRange('imagesPerClass', imagesPerClass, 1);
  checkRange('imageSize', imageSize, 16);
  const total = imagesPerClass * sourceClasses.length;
  let done = 0;
  for (let index = 1; index <= imagesPerClass; index++) {
    signal?.throwIfAborted();
    // A round at a time keeps every core of libvips busy without holding more than a round.
    const round = await Promise.all(
      sourceClasses.map(async (className, label) => {
        const rng = new Rng(hashSeed(seed, 'source', split, className, index));
        return { pixels: await drawSourcePicture(rng, className, imageSize), label, id: `${className}-${index}` };
      }),
    );
    for (const picture of round) {
      yield picture;
      onProgress?.(++done, total);
    }
  }
}

/** The whole source task as one batch, in the form a data set's split has. */
export async function loadSourceTask(options: DrawSourceTaskOptions): Promise<LoadedSplit> {
  checkRange('imagesPerClass', options.imagesPerClass, 1);
  checkRange('imageSize', options.imageSize, 16);
  const side = options.imageSize;
  const count = options.imagesPerClass * sourceClasses.length;
  const pixels = new Uint8Array(count * side * side * 3);
  const labels = new Int32Array(count);
  const ids: string[] = [];
  for await (const picture of drawSourceTask(options)) {
    pixels.set(picture.pixels, ids.length * side * side * 3);
    labels[ids.length] = picture.label;
    ids.push(picture.id);
  }
  return { pixels, labels, ids, side };
}

async function drawSourcePicture(rng: Rng, className: string, side: number): Promise<Uint8Array> {
  const motif = motifs[className];
  const colours = drawBodyColours(rng);
  const lightDegrees = between(rng, 0, 360);
  const view = 240; // drawn in the units of the insects' pictures, rendered at the wanted size
  const backdrop = drawBackdrop(rng, view, view);
  const elements = drawPlaces(rng, view, view).map(({ x, y, length }, index) => {
    const degrees = between(rng, 0, 360);
    const scale: [number, number] = [length / 100, (length / 100) * between(rng, 0.82, 1.08)];
    return placed(x, y, degrees, scale, motif(rng, colours, lightDegrees - degrees, `m${index}`));
  });
  const scene = { width: side, height: side, viewWidth: view, viewHeight: view, backdrop, elements: elements.join('') };
  return await renderScene(rng, scene);
}

function checkRange(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`Cannot draw the source task: ${name} is ${value}, must be an integer >= ${least}`);
  }
}
