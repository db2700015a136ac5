import { expect, test } from 'vitest';
import { drawSourceTask, loadSourceTask, sourceClasses } from './draw-source-task.js';

test('sourceClasses are in label order and hold neither ants nor bees', () => {
  expect(sourceClasses.length).toBeGreaterThanOrEqual(12);
  expect([...sourceClasses].sort()).toEqual(sourceClasses);
  expect(sourceClasses.some((name) => /ant|bee$|bees/.test(name))).toBe(false);
});

test('loadSourceTask() gives every class the same number of pictures, the same bytes for a seed', async () => {
  const options = { imagesPerClass: 2, imageSize: 32, seed: 9 };
  const task = await loadSourceTask(options);
  expect(task.pixels).toHaveLength(2 * sourceClasses.length * 32 * 32 * 3);
  for (const [label] of sourceClasses.entries()) expect(task.labels.filter((drawn) => drawn === label)).toHaveLength(2);
  expect(new Set(task.ids).size).toBe(task.ids.length);
  const again = await loadSourceTask(options);
  expect(Buffer.compare(task.pixels, again.pixels)).toBe(0);
  const held = await loadSourceTask({ ...options, split: 'validation' });
  expect(Buffer.compare(task.pixels, held.pixels)).not.toBe(0);
});

test('drawSourceTask() stops at the signal and refuses sizes out of range', async () => {
  const controller = new AbortController();
  const draw = async () => {
    for await (const picture of drawSourceTask({ imagesPerClass: 50, imageSize: 16, signal: controller.signal })) {
      if (picture.id === `${sourceClasses[0]}-2`) controller.abort(new Error('enough'));
    }
  };
  await expect(draw()).rejects.toThrow('enough');
  await expect(loadSourceTask({ imagesPerClass: 0, imageSize: 16 })).rejects.toThrow(
    'imagesPerClass is 0, must be an integer >= 1',
  );
  await expect(loadSourceTask({ imagesPerClass: 1, imageSize: 8 })).rejects.toThrow(
    'imageSize is 8, must be an integer >= 16',
  );
});
