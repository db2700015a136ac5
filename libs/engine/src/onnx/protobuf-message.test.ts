import { expect, test } from 'vitest';
import { ProtobufMessage } from './protobuf-message.js';

test('ProtobufMessage encodes the examples of the protobuf documentation', () => {
  expect([...new ProtobufMessage().integer(1, 150).bytes()]).toEqual([0x08, 0x96, 0x01]);
  expect([...new ProtobufMessage().text(2, 'testing').bytes()]).toEqual([0x12, 7, ...Buffer.from('testing')]);
  const nested = new ProtobufMessage().integer(1, 150);
  expect([...new ProtobufMessage().message(3, nested).bytes()]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
});

test('ProtobufMessage encodes -1 in ten bytes, a float in four and high field numbers', () => {
  expect([...new ProtobufMessage().integer(1, -1).bytes()]).toEqual([8, ...new Array(9).fill(255), 1]);
  expect([...new ProtobufMessage().float(2, 1).bytes()]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
  expect([...new ProtobufMessage().integer(20, 1).bytes()]).toEqual([0xa0, 1, 1]);
});
