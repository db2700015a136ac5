import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { decodeRgb } from './decode-rgb.js';
import { sharp } from './picture-loaders.js';
import { normalize, preprocess } from './preprocess.js';

/** Left half red, right half blue, top row green: no symmetry. */
function picture(width = 8, height = 6) {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      pixels.set(y === 0 ? [0, 255, 0] : x < width / 2 ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
  }
  return { pixels, raw: () => sharp(pixels, { raw: { width, height, channels: 3 } }) };
}

const at = ({ pixels, width }: { pixels: Uint8Array; width: number }, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

test('decodeRgb() gives back the pixels of a PNG and of a lossless WebP', async () => {
  const { pixels, raw } = picture();
  for (const bytes of [await raw().png().toBuffer(), await raw().webp({ lossless: true }).toBuffer()]) {
    const decoded = await decodeRgb(bytes);
    expect([decoded.width, decoded.height]).toEqual([8, 6]);
    expect(Buffer.from(decoded.pixels).equals(pixels)).toBe(true);
  }
});

test('decodeRgb() applies the EXIF orientation', async () => {
  const turned = await picture().raw().png().withMetadata({ orientation: 6 }).toBuffer();
  const decoded = await decodeRgb(turned);
  expect([decoded.width, decoded.height]).toEqual([6, 8]);
  expect(at(decoded, 5, 3)).toEqual([0, 255, 0]); // a quarter turn clockwise: the top row is now the right column
  expect(at(decoded, 0, 0)).toEqual([255, 0, 0]);
  expect(at(decoded, 0, 7)).toEqual([0, 0, 255]);
});

test('decodeRgb() lays transparency on white', async () => {
  const pixels = new Uint8Array([10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128]);
  const bytes = await sharp(pixels, { raw: { width: 3, height: 1, channels: 4 } })
    .png()
    .toBuffer();
  const decoded = await decodeRgb(bytes);
  expect(at(decoded, 0, 0)).toEqual([255, 255, 255]);
  expect(at(decoded, 1, 0)).toEqual([10, 20, 30]);
  expect(Math.abs(at(decoded, 2, 0)[0] - 127)).toBeLessThanOrEqual(1);
});

test('decodeRgb() makes three equal channels of grey and reduces 16 bits to 8', async () => {
  const grey = await sharp(new Uint8Array([0, 90, 255]), { raw: { width: 3, height: 1, channels: 1 } })
    .png()
    .toBuffer();
  expect([...(await decodeRgb(grey)).pixels]).toEqual([0, 0, 0, 90, 90, 90, 255, 255, 255]);
  const deep = await picture().raw().toColourspace('rgb16').png().toBuffer();
  expect(deep[24]).toBe(16); // bits per channel in the PNG header
  expect(at(await decodeRgb(deep), 0, 1)).toEqual([255, 0, 0]);
});

test('decodeRgb() converts a CMYK JPEG to sRGB', async () => {
  const bytes = await picture(32, 32)
    .raw()
    .toColourspace('cmyk')
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  expect((await sharp(bytes).metadata()).channels).toBe(4);
  const [red, green, blue] = at(await decodeRgb(bytes), 4, 24);
  expect(red).toBeGreaterThan(180);
  expect(Math.max(green, blue)).toBeLessThan(90);
});

test('decodeRgb() reads past a broken colour profile and broken EXIF data', async () => {
  const sound = await picture(32, 32).raw().jpeg({ quality: 95 }).toBuffer();
  const segment = (marker: number, head: string) => {
    const body = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(200, 0xa5)]);
    return Buffer.concat([Buffer.from([0xff, marker, 0, body.length + 2]), body]);
  };
  const whole = await decodeRgb(sound);
  for (const broken of [segment(0xe1, 'Exif\0\0'), segment(0xe2, 'ICC_PROFILE\0\x01\x01')]) {
    const decoded = await decodeRgb(Buffer.concat([sound.subarray(0, 2), broken, sound.subarray(2)]));
    expect(Buffer.compare(decoded.pixels, whole.pixels)).toBe(0);
  }
});

test('decodeRgb() takes the first frame of an animation', async () => {
  const frame = (background: string) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = [await frame('#ff0000'), await frame('#0000ff')];
  const animated = await sharp(frames, { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();
  expect((await sharp(animated, { pages: -1 }).metadata()).pages).toBe(2);
  const decoded = await decodeRgb(animated);
  expect([decoded.width, decoded.height]).toEqual([8, 8]);
  expect(at(decoded, 3, 3)).toEqual([255, 0, 0]);
});

test.each([
  ['nothing', Buffer.alloc(0), 'the file is empty'],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'but an SVG or XML'],
  ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00'), 'but a GIF'],
  ['a TIFF', Buffer.from('II*\0\x08\0\0\0'), 'but a TIFF'],
  ['a zip', Buffer.from('PK\x03\x04'), 'but a zip'],
  ['text', Buffer.from('hello'), 'but unknown'],
  ['a JPEG header and no more', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'broken: '],
])('decodeRgb() refuses %s', async (_case, bytes, reason) => {
  await expect(decodeRgb(bytes)).rejects.toMatchObject({
    code: 'PICTURE_UNUSABLE',
    reason: expect.stringContaining(reason),
  });
});

test('decodeRgb() refuses a JPEG, a PNG and a WebP cut short anywhere', async () => {
  const rng = new Rng(1); // noise does not compress, so that every cut loses pixels
  const noise = Uint8Array.from({ length: 64 * 48 * 3 }, () => rng.integer(0, 256));
  const raw = () => sharp(noise, { raw: { width: 64, height: 48, channels: 3 } });
  for (const bytes of [await raw().jpeg().toBuffer(), await raw().png().toBuffer(), await raw().webp().toBuffer()]) {
    for (let part = 0; part < 20; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 20));
      await expect(decodeRgb(cut), `${part}/20`).rejects.toMatchObject({ code: 'PICTURE_UNUSABLE' });
    }
  }
});

test('decodeRgb() refuses a flat PNG of more pixels than the limit before decoding it', async () => {
  const big = await sharp({ create: { width: 8001, height: 8000, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  await expect(decodeRgb(big)).rejects.toMatchObject({ reason: 'it has more than 64000000 pixels' });
});

test('decodeRgb() refuses a picture whose long side is more than 20 times the short one', async () => {
  const strip = (width: number) =>
    sharp({ create: { width, height: 2, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
  expect((await decodeRgb(await strip(40))).width).toBe(40);
  await expect(decodeRgb(await strip(41))).rejects.toMatchObject({
    reason: 'it is 41 × 2 pixels, the long side may be at most 20 times the short one',
  });
});

test('sharp reads no file name and no SVG in a process that decodes', async () => {
  await expect(
    sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).toBuffer(),
  ).rejects.toThrow();
  await expect(sharp(fileURLToPath(import.meta.url)).toBuffer()).rejects.toThrow();
});

test('preprocess() crops the centre of the resized picture; normalize() makes floats of it', async () => {
  const bytes = await picture(80, 60).raw().png().toBuffer();
  const spec = { resize: 30, crop: 20, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] } as const;
  const pixels = await preprocess(bytes, spec);
  expect(pixels).toHaveLength(20 * 20 * 3);
  expect([...pixels.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...pixels.subarray(-3)]).toEqual([0, 0, 255]);
  expect([...normalize(pixels, spec).subarray(0, 3)]).toEqual([1, -1, 0]);
  expect([...normalize(pixels, spec).subarray(-3)]).toEqual([-1, -1, 0.5]);
});

test('preprocess() refuses a spec that is out of range', async () => {
  const spec = { resize: 8, crop: 9, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  await expect(preprocess(new Uint8Array(1), spec)).rejects.toThrow('resize is 8, must be an integer >= crop');
  await expect(preprocess(new Uint8Array(1), { ...spec, crop: 8, std: [1, 0, 1] })).rejects.toThrow('std > 0');
});
