import { expect, test } from 'vitest';
import { findCard } from '../catalogue.js';
import { buildNetwork } from './build-network.js';
import { auxiliaryHeadFits } from './inception-auxiliary-head.js';
import { unreadBlock } from './network.js';

const auxiliaryBlocks = (imageSize: number) => {
  const { blocks, tensors } = buildNetwork('inception_v3', { classes: 3, imageSize });
  const found = tensors.filter(({ name }) => name.startsWith('AuxLogits.')).map(({ block }) => block);
  return { count: found.length, names: [...new Set(found.map((block) => blocks[block]?.name ?? block))] };
};

test('the auxiliary head belongs to the block whose output it reads, before the partial cut', () => {
  const network = buildNetwork('inception_v3', { classes: 3 });
  expect(auxiliaryBlocks(299)).toEqual({ count: 12, names: ['Mixed_6e'] });
  expect(network.blocks.findIndex(({ name }) => name === 'Mixed_6e')).toBeLessThan(network.cut('partial'));
});

test('the auxiliary head is in every file but in no block where its map is too small', () => {
  expect(auxiliaryBlocks(298)).toEqual({ count: 12, names: [unreadBlock] });
  expect(auxiliaryBlocks(findCard('inception_v3').minimumImageSize)).toEqual({ count: 12, names: [unreadBlock] });
});

/** Sizes at which torchvision 0.14 trains and does not. */
test('auxiliaryHeadFits() from 299 px on', () => {
  expect([75, 224, 298, 299, 320].map(auxiliaryHeadFits)).toEqual([false, false, false, true, true]);
});
