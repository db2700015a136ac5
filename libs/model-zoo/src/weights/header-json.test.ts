import { expect, test } from 'vitest';
import { parseHeaderJson } from './header-json.js';

test('parseHeaderJson() reads nested objects, lists, escapes and whole numbers', () => {
  const parsed = parseHeaderJson(' {"a":{"b":[0,12,345]},"\\u00e4\\"":"\\n", "__proto__":"x","e":[],"o":{}}  \n');
  expect(parsed).toEqual(
    new Map<string, unknown>([
      ['a', new Map([['b', [0, 12, 345]]])],
      ['ä"', '\n'],
      ['__proto__', 'x'],
      ['e', []],
      ['o', new Map()],
    ]),
  );
});

test.each([
  ['{"a":1,"a":2}', 'has the key "a" twice'],
  ['{"a":1,"\\u0061":2}', 'has the key "a" twice'],
  ['{"a":{"x":1,"x":1}}', 'has the key "x" twice'],
  ['{"a":1.5}', 'lacks a string, object, list or whole number'],
  ['{"a":1e3}', 'lacks a string, object, list or whole number'],
  ['{"a":-1}', 'lacks a string, object, list or whole number'],
  ['{"a":01}', 'lacks a string, object, list or whole number'],
  ['{"a":null}', 'lacks a string, object, list or whole number'],
  ['{"a":9007199254740992}', 'beyond 2⁵³'],
  ['{"a":99999999999999999999}', 'lacks a string, object, list or whole number'],
  ['{"a":1,}', 'lacks a string'],
  ['{"a":1', 'lacks a ,'],
  ['{"a" 1}', 'lacks a :'],
  ['{"a', 'has a string without an end'],
  ['{"a\\', 'has a string without an end'],
  ['{"\\x":1}', 'has a malformed string'],
  ['{"a\n":1}', 'has a malformed string'],
  ['{} {}', 'goes on after its end'],
  ['', 'lacks a string'],
  ['[[[[[[1]]]]]]', 'is nested deeper than 4'],
])('parseHeaderJson() refuses %j', (text, reason) => {
  expect(() => parseHeaderJson(text)).toThrow(SyntaxError);
  expect(() => parseHeaderJson(text)).toThrow(reason);
});

test('parseHeaderJson() needs no stack for long strings and deep nesting', () => {
  expect(parseHeaderJson(`{"a":"${'x\\n'.repeat(1_000_000)}"}`)).toHaveProperty('size', 1);
  expect(() => parseHeaderJson('['.repeat(1_000_000))).toThrow('is nested deeper than 4');
});
