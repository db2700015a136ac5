import { expect, test } from 'vitest';
import { torchShape, toTfjsLayout, toTorchLayout } from './tensor-layout.js';

const counted = (shape: number[]) => {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index);
  return { name: 'w', shape, data };
};

test('toTorchLayout() moves filter element [h, w, i, o] to [o, i, h, w]', () => {
  const [height, width, inputs, outputs] = [2, 3, 4, 5];
  const source = counted([height, width, inputs, outputs]);
  const { shape, data } = toTorchLayout(source);
  expect(shape).toEqual([outputs, inputs, height, width]);
  expect(torchShape(source.shape)).toEqual(shape);
  for (let h = 0; h < height; h++) {
    for (let w = 0; w < width; w++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          expect(data[((o * inputs + i) * height + h) * width + w]).toBe(
            source.data[((h * width + w) * inputs + i) * outputs + o],
          );
        }
      }
    }
  }
});

test('toTorchLayout() transposes dense weights across tile edges', () => {
  const source = counted([70, 33]);
  const { shape, data } = toTorchLayout(source);
  expect(shape).toEqual([33, 70]);
  const expected = Float32Array.from(data, (_, index) => source.data[(index % 70) * 33 + Math.floor(index / 70)]);
  expect(data).toEqual(expected);
});

test.each([[[3, 1, 2, 7]], [[40, 35]], [[6]], [[]]])('toTfjsLayout() inverts toTorchLayout() for shape %j', (shape) => {
  const source = counted(shape);
  expect(toTfjsLayout(toTorchLayout(source))).toEqual(source);
});
