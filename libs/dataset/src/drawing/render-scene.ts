import type { Rng } from '#primitives';
import { allowDrawing, sharp } from '../picture-loaders.js';
import type { Backdrop } from './backdrop.js';
import { between, chance } from './chance.js';
import { svgDocument } from './svg.js';

/** A drawn picture before it becomes a file. */
export interface Scene {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Size of the units the elements are drawn in. */
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly backdrop: Backdrop;
  /** SVG elements in front of the backdrop. */
  readonly elements: string;
}

/**
 * Renders a scene to 8-bit RGB, length height × width × 3: the ground from smooth noise, the elements by librsvg, then
 * light from one side, a colour cast, a vignette and grain. The elements of the ground are out of focus at times.
 *
 * Opens the SVG loader in this process, see `allowDrawing`.
 */
export async function renderScene(rng: Rng, scene: Scene): Promise<Uint8Array> {
  allowDrawing();
  const { width, height, backdrop } = scene;
  const pixels = paintGround(rng, scene);
  const focus = chance(rng, 0.45) ? rng.integer(3, 7) : 1;
  if (focus > 1) {
    const [w, h] = [Math.ceil(width / focus), Math.ceil(height / focus)];
    const layer = await sharp(Buffer.from(documentOf(scene, backdrop.elements, w, h)))
      .ensureAlpha()
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    lay(pixels, layer);
    lay(pixels, await rasterize(documentOf(scene, scene.elements, width, height)));
  } else {
    lay(pixels, await rasterize(documentOf(scene, backdrop.elements + scene.elements, width, height)));
  }
  light(rng, pixels, width, height, backdrop.grain);
  return pixels;
}

function documentOf({ viewWidth, viewHeight }: Scene, elements: string, width: number, height: number): string {
  return svgDocument(width, height, viewWidth, viewHeight, elements);
}

async function rasterize(document: string): Promise<Uint8Array> {
  return await sharp(Buffer.from(document)).ensureAlpha().raw().toBuffer();
}

/** The two colours of the ground, mixed by bilinear value noise. */
function paintGround(rng: Rng, { width, height, backdrop }: Scene): Uint8Array {
  const [from, to] = backdrop.colours;
  const cell = Math.max(width, height) / backdrop.noiseCells;
  const columns = Math.ceil(width / cell) + 2;
  const lattice = Float64Array.from({ length: columns * (Math.ceil(height / cell) + 2) }, () => rng.float());
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell);
    const v = y / cell - row;
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / cell);
      const u = x / cell - column;
      const at = row * columns + column;
      const top = lattice[at] + (lattice[at + 1] - lattice[at]) * u;
      const bottom = lattice[at + columns] + (lattice[at + columns + 1] - lattice[at + columns]) * u;
      const share = top + (bottom - top) * v;
      const pixel = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) pixels[pixel + c] = from[c] + (to[c] - from[c]) * share;
    }
  }
  return pixels;
}

/** Lays RGBA over RGB. */
function lay(pixels: Uint8Array, layer: Uint8Array): void {
  for (let from = 0, to = 0; from < layer.length; from += 4, to += 3) {
    const alpha = layer[from + 3];
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) pixels[to + c] += ((layer[from + c] - pixels[to + c]) * alpha) / 255;
  }
}

function light(rng: Rng, pixels: Uint8Array, width: number, height: number, grain: number): void {
  const exposure = between(rng, 0.72, 1.22);
  const warmth = between(rng, -0.13, 0.16);
  const gains = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)];
  const slope = between(rng, 0, 0.35);
  const angle = between(rng, 0, 2 * Math.PI);
  const [slopeX, slopeY] = [(Math.cos(angle) * slope) / width, (Math.sin(angle) * slope) / height];
  const vignette = chance(rng, 0.4) ? between(rng, 0.1, 0.4) : 0;
  const contrast = between(rng, 0.75, 1.1);
  const noise = Float32Array.from({ length: 1021 }, () => rng.normal() * grain * 0.6);
  let grainAt = 0;
  for (let y = 0; y < height; y++) {
    const fromCentreY = y - height / 2;
    for (let x = 0; x < width; x++) {
      const fromCentreX = x - width / 2;
      const radius = (fromCentreX * fromCentreX) / (width * width) + (fromCentreY * fromCentreY) / (height * height);
      const shade = (1 + fromCentreX * slopeX + fromCentreY * slopeY) * (1 - vignette * 2 * radius);
      // A step that shares no factor with the table's length, broken once a row, shows no pattern.
      grainAt = (grainAt + 367 + (x === 0 ? 1 + (y % 7) : 0)) % 1021;
      const pixel = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const value = (pixels[pixel + c] - 118) * contrast + 118;
        const lit = value * shade * gains[c] + noise[grainAt];
        pixels[pixel + c] = lit < 0 ? 0 : lit > 255 ? 255 : lit;
      }
    }
  }
}
