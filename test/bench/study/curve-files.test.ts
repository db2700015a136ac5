import { expect, test } from 'vitest';
import { curvesCsv, trialsCsv } from './curve-files.js';
import { medianCurve, plotCurves } from './plot-curves.js';
import { searched } from './row.js';
import { searchOf } from './search.fixture.js';

const box = { leastAccuracy: 0.75, mostLatencyMs: 100, referenceLatencyMs: 8 };
const table = new Map([['alexnet', 4]]);
const runs = searched(
  [
    searchOf('ours, no sharing', 0, [
      [2, 0.8],
      [4, 0.9],
    ]),
    searchOf('ours, no sharing', 1, [[3, 0.85]]),
    searchOf('default <5', 0, [[30, 0.9]]),
  ],
  box,
  table,
);

test('curvesCsv() and trialsCsv() have a line a step and a line a trial, fields with commas in quotes', () => {
  const [header, first] = curvesCsv(runs).split('\n');
  expect(header).toBe('latency,side,seed,second,hypervolume');
  expect(first).toBe('table,"ours, no sharing",0,2.000,0.100000');
  expect(curvesCsv(runs).trimEnd().split('\n').length).toBe(1 + 2 * 4);
  const trials = trialsCsv(runs).trimEnd().split('\n');
  expect(trials.length).toBe(1 + 4);
  expect(trials[4]).toBe('default <5,0,30.000,1.000,COMPLETE,alexnet,shallow,0.01,2,0.9,4,');
});

test('medianCurve() is the median of the seeds at every step of one of them', () => {
  const both = medianCurve(runs.slice(0, 2));
  expect(both.map(({ second }) => second)).toEqual([2, 3, 4]);
  expect(both.map(({ hypervolume }) => hypervolume)).toEqual([0.05, 0.15, 0.25].map((value) => expect.closeTo(value)));
});

test('plotCurves() draws a line a side and a thin one a seed on a logarithmic axis, with legend and labels', () => {
  const svg = plotCurves(runs, 100);
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(svg.match(/stroke-width="2.4" stroke-opacity/g)).toHaveLength(2);
  expect(svg.match(/stroke-width="0.8"/g)).toHaveLength(2);
  expect(svg).toContain('default &lt;5');
  const ticks = [...svg.matchAll(/text-anchor="middle">(\d+)</g)].map(([, second]) => Number(second));
  expect(ticks).toEqual([1, 2, 5, 10, 20, 50, 100]);
  const places = [...svg.matchAll(/<path d="M([\d.]+),44V400"/g)].map(([, x]) => Number(x));
  expect(places[3] - places[0]).toBeCloseTo(places[6] - places[3], 0); // a decade is a decade
});
