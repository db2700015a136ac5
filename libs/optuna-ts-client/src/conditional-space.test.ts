import { expect, test } from 'vitest';
import { activeParameters, spaceOf } from './active-parameters.js';
import { type ConditionalSpace, checkSpace } from './conditional-space.js';
import { categoricalDistribution } from './distributions/categorical-distribution.js';
import { floatDistribution } from './distributions/float-distribution.js';
import { intDistribution } from './distributions/int-distribution.js';
import { jsonToSpace, spaceToJson } from './space-json.js';

const depth = categoricalDistribution(['shallow', 'deep', null]);
const wide = floatDistribution(1e-4, 1e-1, { log: true });
const narrow = floatDistribution(1e-5, 1e-3, { log: true });
const space: ConditionalSpace = {
  rate: [
    { when: { depth: ['shallow', null] }, distribution: wide },
    { when: { depth: ['deep'] }, distribution: narrow },
  ],
  blocks: [{ when: { depth: ['deep'] }, distribution: intDistribution(1, 3) }],
  dropout: [{ when: { blocks: [2, 3], depth: ['deep'] }, distribution: floatDistribution(0, 0.5) }],
  depth,
};

test('activeParameters() gives parents first, then what exists with their values', () => {
  expect(activeParameters(space, {})).toEqual({ space: { depth }, mayFollow: true });
  expect(activeParameters(space, { depth: 'shallow' })).toEqual({ space: { rate: wide }, mayFollow: false });
  const deep = activeParameters(space, { depth: 'deep' });
  expect(deep).toEqual({ space: { rate: narrow, blocks: intDistribution(1, 3) }, mayFollow: true });
  expect(activeParameters(space, { depth: 'deep', rate: 1e-4, blocks: 1 })).toEqual({ space: {}, mayFollow: false });
  expect(Object.keys(activeParameters(space, { depth: 'deep', rate: 1e-4, blocks: 3 }).space)).toEqual(['dropout']);
  expect(activeParameters({ depth, x: wide }, {})).toEqual({ space: { depth, x: wide }, mayFollow: false });
});

test('spaceOf() is the flat space of a configuration, null where a parameter is missing', () => {
  expect(spaceOf(space, { depth: null, rate: 0.01, blocks: 7 })).toEqual({ depth, rate: wide });
  expect(spaceOf(space, { depth: 'deep', rate: 1e-4 })).toBeNull();
  expect(Object.keys(spaceOf(space, { depth: 'deep', rate: 1e-4, blocks: 2, dropout: 0 }) ?? {})).toEqual([
    'depth',
    'rate',
    'blocks',
    'dropout',
  ]);
});

test('checkSpace() takes cases that exclude each other through their own parents', () => {
  checkSpace(space);
  checkSpace({
    a: categoricalDistribution(['x', 'y']),
    b: [{ when: { a: ['x'] }, distribution: categoricalDistribution([1, 2]) }],
    c: [
      { when: { a: ['y'] }, distribution: wide },
      { when: { b: [1] }, distribution: narrow }, // b exists for x alone
    ],
  });
});

test.each<[ConditionalSpace, string]>([
  [{ depth, rate: [] }, 'rate has no cases, must have at least one'],
  [{ depth, rate: [{ when: {}, distribution: wide }] }, 'rate[0].when is empty, must name at least one parent'],
  [
    { depth, rate: [{ when: { dept: ['deep'] }, distribution: wide }] },
    'rate[0].when.dept is unknown, must be one of depth, rate',
  ],
  [{ depth, rate: [{ when: { depth: [] }, distribution: wide }] }, 'rate[0].when.depth is empty'],
  [
    { depth, rate: [{ when: { depth: ['wide'] }, distribution: wide }] },
    'rate[0].when.depth holds "wide", must be one of ["shallow","deep",null]',
  ],
  [
    { depth: intDistribution(0, 8, { step: 2 }), rate: [{ when: { depth: [3] }, distribution: wide }] },
    'rate[0].when.depth holds 3, must be an integer in [0, 8], every 2',
  ],
  [{ x: wide, y: [{ when: { x: [0.1] }, distribution: wide }] }, 'y[0].when.x is continuous'],
  [
    {
      depth,
      a: [{ when: { b: [1] }, distribution: intDistribution(0, 1) }],
      b: [{ when: { a: [1], depth: ['deep'] }, distribution: intDistribution(0, 1) }],
    },
    'a → b → a is a cycle',
  ],
  [{ a: [{ when: { a: [1] }, distribution: intDistribution(0, 1) }] }, 'a → a is a cycle'],
  [
    {
      depth,
      rate: [
        { when: { depth: ['deep', 'shallow'] }, distribution: wide },
        { when: { depth: [null, 'deep'] }, distribution: narrow },
      ],
    },
    'rate[0] and rate[1] can hold at once, must exclude each other',
  ],
  [
    {
      depth,
      rate: [
        { when: { depth: ['deep'] }, distribution: wide },
        { when: { depth: ['shallow'] }, distribution: intDistribution(1, 2) },
      ],
    },
    'rate[1].distribution is an integer in [1, 2], must be of the kind of rate[0]',
  ],
])('checkSpace() names what is wrong: %#', (broken, message) => {
  expect(() => checkSpace(broken)).toThrow(RangeError);
  expect(() => checkSpace(broken)).toThrow(message);
});

test('jsonToSpace() reads what spaceToJson() wrote, and refuses other shapes', () => {
  expect(jsonToSpace(spaceToJson(space))).toEqual(space);
  expect(JSON.parse(spaceToJson({ depth }))).toEqual({
    depth: { name: 'CategoricalDistribution', attributes: { choices: ['shallow', 'deep', null] } },
  });
  expect(() => jsonToSpace('[]')).toThrow('must be an object of distributions');
  expect(() => jsonToSpace('{"a":[{"distribution":{}}]}')).toThrow(
    'a[0].when is undefined, must be an object of lists',
  );
  expect(() => jsonToSpace('{"a":3}')).toThrow('distribution is 3');
  expect(() => jsonToSpace('{"a":[]}')).toThrow('a has no cases');
});
