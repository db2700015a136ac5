import { expect, test } from 'vitest';
import { movedPictures, type PictureViews, viewMove, viewName, viewsOf } from './picture-views.js';

const views: PictureViews = { count: 8, flip: true, shift: 0.25, seed: 5 };
const images = Array.from({ length: 40 }, (_, index) => `${index}`.padStart(64, 'a'));
const moves = (change: Partial<PictureViews> = {}) =>
  images.flatMap((image) => [0, 1, 2].map((view) => viewMove({ ...views, ...change }, image, view, 16)));

test('viewMove() depends on seed, picture and number of the view alone, and shows the picture itself in view 0', () => {
  expect(moves({ count: 3 })).toEqual(moves());
  expect(moves({ seed: 6 })).not.toEqual(moves());
  const [first, second] = [1, 2].map((view) => images.map((image) => viewMove(views, image, view, 16)));
  expect(first).not.toEqual(second);
  expect(new Set(first?.map((move) => JSON.stringify(move))).size).toBeGreaterThan(20);
  expect(images.map((image) => viewName(image, viewMove(views, image, 0, 16)))).toEqual(images);
});

test('viewMove() shifts within its share of the side, in all directions, and mirrors about half, where it may', () => {
  const drawn = moves().filter((_, index) => index % 3 > 0);
  for (const along of ['down', 'right'] as const) {
    expect([Math.min(...drawn.map((move) => move[along])), Math.max(...drawn.map((move) => move[along]))]).toEqual([
      -4, 4,
    ]);
  }
  const mirrored = drawn.filter((move) => move.mirrored).length;
  expect(mirrored).toBeGreaterThan(24);
  expect(mirrored).toBeLessThan(56);
  expect(moves({ flip: false }).some((move) => move.mirrored)).toBe(false);
  expect(moves({ shift: 0 }).some(({ down, right }) => down !== 0 || right !== 0)).toBe(false);
});

test('viewName() is equal for equal moves of a picture and for no others', () => {
  const names = new Set<string>();
  const shown = new Set<string>();
  for (const image of ['a', 'b']) {
    for (const mirrored of [false, true]) {
      for (const down of [-1, 0, 11]) {
        for (const right of [-1, 0, 1, 11]) {
          names.add(viewName(image, { turn: 0, mirrored, down, right }));
          shown.add(JSON.stringify([image, mirrored, down, right]));
        }
      }
    }
  }
  expect(names.size).toBe(shown.size);
});

test('movedPictures() mirrors and shifts with the edge repeated, channels together', () => {
  // 3 × 3 pixels, numbered by row; the channels differ by 100.
  const side = 3;
  const pictures = Float32Array.from({ length: 2 * 27 }, (_, at) => Math.floor(at / 3) + 100 * (at % 3));
  const still = { turn: 0, mirrored: false, down: 0, right: 0 };
  const read = (index: number, move: Partial<typeof still>) => {
    const rows = movedPictures(
      pictures,
      [
        { ...still, ...move },
        { ...still, ...move },
      ],
      side,
    );
    const target = new Float32Array(27);
    rows.read(index, target);
    expect(rows.length).toBe(54);
    for (let at = 0; at < 27; at += 3) expect(target[at + 2]).toBe((target[at] as number) + 200);
    return [...target].filter((_, at) => at % 3 === 0);
  };
  expect(read(0, {})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(read(1, { mirrored: true })).toEqual([11, 10, 9, 14, 13, 12, 17, 16, 15]);
  expect(read(0, { down: 1 })).toEqual([3, 4, 5, 6, 7, 8, 6, 7, 8]);
  expect(read(0, { right: -2 })).toEqual([0, 0, 0, 3, 3, 3, 6, 6, 6]);
});

test('viewsOf() is null without an augmentation and for one view, and has the study’s seed', () => {
  const augmentation = { views: 2, flip: false, shift: 0.1 };
  expect(viewsOf({ seed: 3 })).toBeNull();
  expect(viewsOf({ seed: 3, augmentation: { ...augmentation, views: 1 } })).toBeNull();
  expect(viewsOf({ seed: 3, augmentation })).toEqual({ count: 2, flip: false, shift: 0.1, seed: 3 });
});
