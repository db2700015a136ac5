import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type BlobSink,
  type BlobSource,
  countImages,
  importFolder,
  parseManifest,
  serializeManifest,
  versionHash,
} from '#dataset';
import { drawInsects, loadSplit } from '#dataset/pictures';

// Importing #dataset/pictures shuts sharp's other loaders in this process: foreign formats are written, never read, here.
const base = mkdtempSync(join(tmpdir(), 'retune-dataset-'));
const drawn = join(base, 'drawn');
let folders = 0;
afterAll(() => rmSync(base, { recursive: true }));
beforeAll(() => drawInsects({ folder: drawn, train: 8, validation: 6, seed: 3 }));

class MemoryBlobs implements BlobSink, BlobSource {
  readonly stored = new Map<string, Uint8Array>();
  reads = 0;

  async put(bytes: Uint8Array) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.stored.set(sha256, bytes);
    return { sha256 };
  }

  async get(sha256: string) {
    this.reads++;
    return this.stored.get(sha256) as Uint8Array;
  }
}

/** A folder with these files; a value that is a number is the seed of a small sound JPEG. */
async function folderOf(files: Record<string, number | Uint8Array | string>): Promise<string> {
  const folder = join(base, `folder-${++folders}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'number' ? await jpeg(content) : content);
  }
  return folder;
}

function jpeg(seed: number): Promise<Buffer> {
  return sharp({ create: { width: 40 + seed, height: 30, channels: 3, background: { r: seed, g: 90, b: 200 } } })
    .jpeg()
    .toBuffer();
}

/** Sound images of two classes, numbered from a seed, so that a folder is a data set whatever else it holds. */
const sound = (seed: number) => ({
  'ants/1.jpg': seed,
  'ants/2.jpg': seed + 1,
  'bees/1.jpg': seed + 2,
  'bees/2.jpg': seed + 3,
});

/** A PNG of one colour, cheap at any size: what a decompression bomb looks like. */
function flatPng(width: number, height: number): Buffer {
  const crcTable = Int32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    let crc = -1;
    for (const byte of body) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeInt32BE(~crc);
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0], 8); // one bit a pixel, grey
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function childrenAlive(): string[] {
  return execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('check-pictures.child'));
}

test('importFolder() reads split folders into a manifest and hands every image to the sink', async () => {
  const blobs = new MemoryBlobs();
  const progress: [number, number][] = [];
  const manifest = await importFolder({
    folder: drawn,
    blobs,
    onProgress: (done, total) => progress.push([done, total]),
  });
  expect(manifest).toMatchObject({
    name: 'drawn',
    classes: ['ants', 'bees'],
    split: 'folders',
    seed: null,
    rejected: [],
  });
  expect(countImages(manifest)).toEqual([
    { name: 'ants', train: 4, validation: 3, test: 0 },
    { name: 'bees', train: 4, validation: 3, test: 0 },
  ]);
  for (const { path, sha256, bytes, format } of manifest.images) {
    const content = readFileSync(join(drawn, path));
    expect({ path, sha256, bytes, format }).toEqual({
      path,
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.length,
      format: 'jpeg',
    });
    expect(blobs.stored.get(sha256)).toEqual(new Uint8Array(content));
  }
  expect(progress).toEqual(Array.from({ length: 15 }, (_, done) => [done, 14]));
  expect(parseManifest(serializeManifest(manifest))).toEqual(manifest);
  expect(childrenAlive()).toEqual([]);
});

test('importFolder() gives equal folders equal versions, with any name, place, seed and number of processes', async () => {
  const blobs = new MemoryBlobs();
  const first = await importFolder({ folder: drawn, blobs });
  const copy = await folderOf(
    Object.fromEntries([...first.images].reverse().map(({ path }) => [path, readFileSync(join(drawn, path))])),
  );
  const second = await importFolder({ folder: copy, name: 'copy', seed: 5, processes: 2, blobs });
  expect(versionHash(second)).toBe(versionHash(first));
  rmSync(join(copy, first.images[0].path));
  expect(versionHash(await importFolder({ folder: copy, blobs }))).not.toBe(versionHash(first));
});

test('importFolder() draws a stratified validation split where there are no split folders', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`${i < 15 ? 'ants' : 'Bienen und Hummeln'}/${i}.jpg`, i]),
  );
  const folder = await folderOf(files);
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder, blobs, seed: 1, validationFraction: 0.2 });
  expect(manifest).toMatchObject({
    split: 'seeded',
    seed: 1,
    validationFraction: 0.2,
    classes: ['Bienen und Hummeln', 'ants'],
  });
  expect(countImages(manifest)).toMatchObject([
    { train: 4, validation: 1 },
    { train: 12, validation: 3 },
  ]);
  expect(versionHash(await importFolder({ folder, blobs, seed: 1 }))).toBe(versionHash(manifest));
  expect(versionHash(await importFolder({ folder, blobs, seed: 2 }))).not.toBe(versionHash(manifest));
});

test('importFolder() draws validation from train where only train and test exist', async () => {
  const train = Object.fromEntries(Object.entries(sound(0)).map(([path, seed]) => [`train/${path}`, seed]));
  const folder = await folderOf({ ...train, 'test/ants/9.jpg': 9, 'test/bees/8.jpg': 8, 'other/x.jpg': 7 });
  const manifest = await importFolder({ folder, blobs: new MemoryBlobs() });
  expect(manifest.split).toBe('seeded');
  expect(countImages(manifest)).toMatchObject([
    { train: 1, validation: 1, test: 1 },
    { train: 1, validation: 1, test: 1 },
  ]);
  expect(manifest.rejected.map(({ path }) => path)).toEqual(['other']);
});

test('importFolder() refuses every bad file by name with the reason and goes on', async () => {
  const good = await jpeg(50);
  const tiff = await sharp(good).tiff().toBuffer();
  const gif = await sharp(good).gif().toBuffer();
  const folder = await folderOf({
    ...sound(0),
    'ants/broken.png': Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.alloc(300, 7),
    ]),
    'ants/cut.jpg': readFileSync(join(drawn, 'train/ants/ants-001.jpg')).subarray(0, 4000),
    'ants/deep/1.jpg': 52,
    'ants/empty.jpg': Buffer.alloc(0),
    'ants/gif.jpg': gif,
    'ants/huge.png': flatPng(20_000, 20_000),
    'ants/notes.txt': 'words',
    'ants/svg.jpg':
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    'ants/tiff.jpg': tiff,
    'ants/.hidden.jpg': 53,
    'ants/.DS_Store': 'not a picture',
    'loose.jpg': 54,
  });
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder, blobs });
  expect(manifest.images.map(({ path }) => path)).toEqual(Object.keys(sound(0)));
  expect(blobs.stored.size).toBe(4);
  expect(Object.fromEntries(manifest.rejected.map(({ path, reason }) => [path, reason]))).toEqual({
    'ants/.hidden.jpg': 'a hidden file is not read',
    'ants/broken.png': expect.stringMatching(/^broken: /),
    'ants/cut.jpg': expect.stringMatching(/^broken: .*premature end/i),
    'ants/deep': 'a folder inside a class folder is not read',
    'ants/empty.jpg': 'the file is empty',
    'ants/gif.jpg': 'not a JPEG, PNG or WebP by its first bytes, but a GIF',
    'ants/huge.png': 'it has more than 64000000 pixels',
    'ants/notes.txt': 'the ending ".txt" is not one of .jpg .jpeg .png .webp',
    'ants/svg.jpg': 'not a JPEG, PNG or WebP by its first bytes, but an SVG or XML',
    'ants/tiff.jpg': 'not a JPEG, PNG or WebP by its first bytes, but a TIFF',
    'loose.jpg': 'the file is not inside a class folder',
  });
});

test('importFolder() accepts what is unusual but sound, by content and not by ending', async () => {
  const raw = (channels: 1 | 3 | 4) =>
    sharp(new Uint8Array(20 * 10 * channels).fill(120), { raw: { width: 20, height: 10, channels } });
  const polyglot = Buffer.concat([await jpeg(60), Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
  const folder = await folderOf({
    ...sound(0),
    'bees/16-bit.png': await raw(3).toColourspace('rgb16').png().toBuffer(),
    'bees/alpha.png': await raw(4).png().toBuffer(),
    'bees/cmyk.jpg': await raw(3).toColourspace('cmyk').jpeg().toBuffer(),
    'bees/grey.JPEG': await raw(1).jpeg().toBuffer(),
    'bees/one.png': await sharp({ create: { width: 1, height: 1, channels: 3, background: '#123' } })
      .png()
      .toBuffer(),
    'bees/png.jpg': await raw(3).png().toBuffer(),
    'bees/turned.jpg': await raw(3).jpeg({ quality: 70 }).withMetadata({ orientation: 6 }).toBuffer(),
    'bees/webp.webp': await raw(3).webp().toBuffer(),
    'bees/zip.jpg': polyglot,
  });
  const manifest = await importFolder({ folder, blobs: new MemoryBlobs() });
  expect(manifest.rejected).toEqual([]);
  const found = Object.fromEntries(
    manifest.images.map((image) => [image.path, [image.format, image.width, image.height]]),
  );
  expect(found).toMatchObject({
    'bees/16-bit.png': ['png', 20, 10],
    'bees/alpha.png': ['png', 20, 10],
    'bees/cmyk.jpg': ['jpeg', 20, 10],
    'bees/grey.JPEG': ['jpeg', 20, 10],
    'bees/one.png': ['png', 1, 1],
    'bees/png.jpg': ['png', 20, 10],
    'bees/turned.jpg': ['jpeg', 10, 20],
    'bees/webp.webp': ['webp', 20, 10],
    'bees/zip.jpg': ['jpeg', 100, 30],
  });
});

test('importFolder() refuses what passes its limits on bytes and memory, and the next image gets a new process', async () => {
  const folder = await folderOf({
    ...sound(0),
    'ants/0.png': flatPng(6000, 4000),
    'ants/00.jpg': Buffer.concat([await jpeg(9), Buffer.alloc(900_000)]),
  });
  const limits = { maxFileBytes: 500_000, maxMemoryBytes: 120 * 1024 * 1024 };
  const manifest = await importFolder({ folder, blobs: new MemoryBlobs(), limits });
  expect(manifest.images).toHaveLength(4);
  expect(manifest.rejected.map(({ path }) => path)).toEqual(['ants/0.png', 'ants/00.jpg']);
  expect(manifest.rejected[0].reason).toMatch(
    /^(decoding needs more than 125829120 bytes of memory|the decoder crashed on it)/,
  );
  expect(manifest.rejected[1].reason).toMatch(/^the file has \d+ bytes, more than 500000$/);
});

test('importFolder() refuses copies: leakage between splits, one picture in two classes', async () => {
  const folder = await folderOf({
    'train/ants/1.jpg': 1,
    'train/ants/2.jpg': 2,
    'train/bees/3.jpg': 3,
    'train/bees/both.jpg': 7,
    'val/ants/4.jpg': 4,
    'val/ants/leak.jpg': 1,
    'val/bees/5.jpg': 5,
    'val/ants/both.jpg': 7,
  });
  const manifest = await importFolder({ folder, blobs: new MemoryBlobs() });
  expect(manifest.rejected).toEqual([
    {
      path: 'train/bees/both.jpg',
      reason: 'the same bytes are in class "ants" (val/ants/both.jpg): one label is wrong',
    },
    {
      path: 'val/ants/both.jpg',
      reason: 'the same bytes are in class "bees" (train/bees/both.jpg): one label is wrong',
    },
    { path: 'val/ants/leak.jpg', reason: 'leakage: a copy of train/ants/1.jpg, which is in train' },
  ]);
});

test('importFolder() follows no symbolic link out of the folder and enters no linked folder', async () => {
  const outside = await folderOf({ 'secret.jpg': 80, 'class/x.jpg': 81 });
  const folder = await folderOf({ ...sound(0), 'ants/pipe.txt': '' });
  rmSync(join(folder, 'ants/pipe.txt'));
  symlinkSync(join(outside, 'secret.jpg'), join(folder, 'ants/out.jpg'));
  symlinkSync(join(outside, 'none.jpg'), join(folder, 'ants/nowhere.jpg'));
  symlinkSync('loop.jpg', join(folder, 'ants/loop.jpg'));
  symlinkSync(join(outside, 'class'), join(folder, 'wasps'));
  symlinkSync('../bees', join(folder, 'ants/inner.jpg'));
  writeFileSync(join(folder, 'bees/3.jpg'), await jpeg(90));
  symlinkSync('3.jpg', join(folder, 'bees/4.jpg'));
  linkSync(join(folder, 'bees/1.jpg'), join(folder, 'bees/5.jpg'));
  execFileSync('mkfifo', [join(folder, 'bees/pipe.jpg')]);
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder, blobs });
  expect(Object.fromEntries(manifest.rejected.map(({ path, reason }) => [path, reason]))).toEqual({
    'ants/inner.jpg': 'not a regular file',
    'ants/loop.jpg': 'a symbolic link that leads nowhere',
    'ants/nowhere.jpg': 'it does not exist (a broken link, or removed while it was read)',
    'ants/out.jpg': 'a symbolic link that leaves the folder',
    'bees/4.jpg': 'a copy of bees/3.jpg, which is kept',
    'bees/5.jpg': 'a copy of bees/1.jpg, which is kept',
    'bees/pipe.jpg': 'not a regular file',
    wasps: 'a symbolic link is not followed here',
  });
  const secret = createHash('sha256')
    .update(readFileSync(join(outside, 'secret.jpg')))
    .digest('hex');
  expect(blobs.stored.has(secret)).toBe(false);
});

test('importFolder() says what it expected when no data set can be made of the folder', async () => {
  const blobs = new MemoryBlobs();
  const attempt = (folder: string, more = {}) => importFolder({ folder, blobs, ...more });
  const whole = await folderOf(sound(0));
  await expect(attempt('some/folder')).rejects.toMatchObject({
    code: 'DATASET_FOLDER',
    message: expect.stringContaining('must be absolute'),
  });
  await expect(attempt(`${whole}\0`)).rejects.toMatchObject({ code: 'DATASET_FOLDER' });
  await expect(attempt(join(base, 'none'))).rejects.toThrow('there is no such folder');
  await expect(attempt(join(whole, 'ants/1.jpg'))).rejects.toThrow('it is not a folder');
  await expect(attempt(whole, { allowedRoots: [drawn] })).rejects.toThrow(
    `it is not a folder inside ${drawn} that can be read`,
  );
  await expect(attempt(join(base, 'none'), { allowedRoots: [drawn, join(base, 'gone')] })).rejects.toThrow(
    'it is not a folder inside',
  );
  await expect(attempt(join(drawn, '..', basename(whole)), { allowedRoots: [drawn] })).rejects.toThrow(
    'it is not a folder inside',
  );
  await expect(attempt(whole, { allowedRoots: [base] })).resolves.toMatchObject({ rejected: [] });
  await expect(attempt(await folderOf({ 'a.jpg': 1 }))).rejects.toMatchObject({ code: 'DATASET_NO_CLASSES' });
  await expect(attempt(await folderOf({ 'ants/a.jpg': 1 }))).rejects.toMatchObject({ code: 'DATASET_TOO_FEW_CLASSES' });
  const small = await folderOf({ 'ants/1.jpg': 1, 'ants/2.jpg': 2, 'bees/1.jpg': 3, 'bees/2.jpg': Buffer.alloc(0) });
  await expect(attempt(small)).rejects.toMatchObject({
    code: 'DATASET_CLASS_TOO_SMALL',
    message: expect.stringMatching(
      /class "bees".*at least 2, one to train.*Refused: bees\/2\.jpg \(the file is empty\)/,
    ),
  });
  const oneSided = await folderOf({ 'train/ants/1.jpg': 1, 'train/bees/2.jpg': 2, 'val/ants/3.jpg': 3 });
  await expect(attempt(oneSided)).rejects.toThrow(
    'class "bees" has too few usable images, expected at least 1 in the train folder',
  );
  await expect(attempt(whole, { validationFraction: 1 })).rejects.toThrow(RangeError);
});

test('importFolder() stops at the signal, with its reason, and leaves no child process', async () => {
  const controller = new AbortController();
  const reason = new Error('not needed any more');
  const onProgress = (done: number) => done === 3 && controller.abort(reason);
  const work = importFolder({
    folder: drawn,
    blobs: new MemoryBlobs(),
    signal: controller.signal,
    onProgress,
    processes: 2,
  });
  await expect(work).rejects.toBe(reason);
  expect(childrenAlive()).toEqual([]);
  await expect(
    importFolder({ folder: drawn, blobs: new MemoryBlobs(), signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
});

test('importFolder() passes on what the sink throws and leaves no child process', async () => {
  const blobs: BlobSink = { put: () => Promise.reject(new Error('disk full')) };
  await expect(importFolder({ folder: drawn, blobs, processes: 2 })).rejects.toThrow('disk full');
  expect(childrenAlive()).toEqual([]);
});

test('loadSplit() decodes a split, answers from the cache, and builds a damaged cache again', async () => {
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder: drawn, blobs });
  const spec = { resize: 40, crop: 32, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const cacheFolder = join(base, 'cache');
  const load = () => loadSplit(manifest, 'validation', spec, blobs, { cacheFolder });
  const first = await load();
  expect(first).toMatchObject({ side: 32, labels: Int32Array.from([0, 0, 0, 1, 1, 1]) });
  expect(first.ids).toEqual(manifest.images.filter(({ split }) => split === 'validation').map(({ path }) => path));
  expect(first.pixels).toHaveLength(6 * 32 * 32 * 3);
  expect(blobs.reads).toBe(6);
  expect(await load()).toEqual(first);
  expect(blobs.reads).toBe(6);

  const [file] = readdirSync(cacheFolder);
  const content = readFileSync(join(cacheFolder, file));
  content[content.length - 5] ^= 1;
  writeFileSync(join(cacheFolder, file), content);
  expect(await load()).toEqual(first);
  expect(blobs.reads).toBe(12);
  truncateSync(join(cacheFolder, file), 900);
  expect(await load()).toEqual(first);
  expect(blobs.reads).toBe(18);
  expect(readdirSync(cacheFolder)).toEqual([file]);

  await loadSplit(manifest, 'validation', { ...spec, resize: 36 }, blobs, { cacheFolder });
  await loadSplit(manifest, 'train', spec, blobs, { cacheFolder });
  expect(readdirSync(cacheFolder)).toHaveLength(3);
});

test('loadSplit() refuses a blob whose bytes are not the ones of the manifest', async () => {
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder: drawn, blobs });
  const [first, second] = manifest.images.filter(({ split }) => split === 'train');
  blobs.stored.set(first.sha256, blobs.stored.get(second.sha256) as Uint8Array);
  const spec = { resize: 32, crop: 32, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  await expect(loadSplit(manifest, 'train', spec, blobs)).rejects.toMatchObject({
    code: 'DATASET_BLOB_MISMATCH',
    path: first.path,
    actualSha256: second.sha256,
  });
});

test('importFolder() refuses a thin picture and a huge one by name, and takes one of a camera', async () => {
  const folder = await folderOf({
    ...sound(1),
    'ants/thin.png': flatPng(20_000, 10),
    'ants/longest.png': flatPng(200, 10),
    'bees/camera.png': flatPng(9248, 6920),
    'bees/huge.png': flatPng(9248, 6921),
  });
  const manifest = await importFolder({ folder, blobs: new MemoryBlobs() });
  expect(manifest.rejected).toEqual([
    {
      path: 'ants/thin.png',
      reason: 'it is 20000 × 10 pixels, the long side may be at most 20 times the short one',
    },
    { path: 'bees/huge.png', reason: 'it has more than 64000000 pixels' },
  ]);
  expect(manifest.images.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['ants/longest.png', 'bees/camera.png']),
  );
});

test('loadSplit() names the image that no longer loads', async () => {
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder: await folderOf(sound(1)), blobs });
  const { path, sha256 } = manifest.images.find(({ split }) => split === 'train') as { path: string; sha256: string };
  const spec = { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const gone = { get: (hash: string) => (hash === sha256 ? Promise.reject(new Error('gone')) : blobs.get(hash)) };
  await expect(loadSplit(manifest, 'train', spec, gone)).rejects.toThrow(`Cannot load ${path}: gone`);
  const bytes = Buffer.from('no picture');
  const broken = createHash('sha256').update(bytes).digest('hex');
  await blobs.put(bytes);
  const images = manifest.images.map((image) => (image.sha256 === sha256 ? { ...image, sha256: broken } : image));
  const failure = loadSplit({ ...manifest, images }, 'train', spec, blobs);
  await expect(failure).rejects.toThrow(`Cannot load ${path}: not a JPEG, PNG or WebP by its first bytes`);
});

test('loadSplit() does without a cache folder that cannot be written', async () => {
  const blobs = new MemoryBlobs();
  const manifest = await importFolder({ folder: await folderOf(sound(1)), blobs });
  const spec = { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const file = join(base, 'no-folder');
  writeFileSync(file, '');
  const loaded = await loadSplit(manifest, 'train', spec, blobs, { cacheFolder: join(file, 'pixels') });
  expect(loaded.pixels).toEqual((await loadSplit(manifest, 'train', spec, blobs)).pixels);
});
