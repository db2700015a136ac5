import { expect, test } from 'vitest';
import { crc32 } from './crc32.js';

test('crc32() equals binascii.crc32', () => {
  expect(crc32('')).toBe(0);
  expect(crc32('123456789')).toBe(0xcbf43926);
  expect(crc32('käfer_7')).toBe(1606051868);
});
