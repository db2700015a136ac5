import { median } from '../side/median.js';
import { type CurvePoint, valueAt } from './curve.js';
import type { SearchedRun } from './row.js';

/** Places of the picture, pixels. */
const size = { width: 900, height: 460 };
const area = { left: 66, top: 44, right: 690, bottom: 400 };

/** Told apart by colour-blind people too, and by their order in the legend. @see Okabe & Ito 2008, Color universal design */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#666666', '#000000', '#8a6d00'];

/** Where the axis of time begins at the latest, seconds: the logarithm has no zero. */
const firstSecond = 1;

/**
 * Hypervolume over wall time as an SVG on a light ground: a thick line for the median over the seeds of every side, thin
 * ones for the seeds; the axis of time is logarithmic.
 *
 * @param seconds Of a search: the axis ends there, or where the last curve does.
 */
export function plotCurves(runs: readonly SearchedRun[], seconds: number): string {
  const steps = runs.flatMap(({ curves }) => curves.table);
  const end = Math.max(seconds, ...runs.map((run) => run.seconds), 2 * firstSecond);
  const begin = Math.min(firstSecond, ...steps.map(({ second }) => Math.max(0.1, second)));
  const top = Math.max(0.1, Math.ceil(Math.max(0, ...steps.map(({ hypervolume }) => hypervolume)) * 10) / 10);
  const scale = new Scale(begin, end, top);
  const sides = [...new Set(runs.map(({ side }) => side))];
  const lines = sides.map((side, index) => {
    const ofSide = runs.filter((run) => run.side === side);
    const colour = colours[index % colours.length];
    const until = median(ofSide.map((run) => run.seconds));
    const thin =
      ofSide.length > 1 ? ofSide.map((run) => scale.line(run.curves.table, run.seconds, colour, 0.8, 0.35)) : [];
    return [...thin, scale.line(medianCurve(ofSide), until, colour, 2.4, 1)].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12" fill="#222222">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="${area.left}" y="24" font-size="15">Feasible hypervolume over wall time</text>`,
    scale.grid(),
    ...lines.reverse(),
    ...sides.map((side, index) => legend(side, colours[index % colours.length], index)),
    '</svg>\n',
  ].join('\n');
}

/** At every step of a seed the median of all of them. */
export function medianCurve(runs: readonly SearchedRun[]): CurvePoint[] {
  const seconds = runs.flatMap(({ curves }) => curves.table.map(({ second }) => second)).sort((a, b) => a - b);
  return seconds.map((second) => ({
    second,
    hypervolume: median(runs.map(({ curves }) => valueAt(curves.table, second))),
  }));
}

class Scale {
  constructor(
    private readonly begin: number,
    private readonly end: number,
    private readonly top: number,
  ) {}

  x(second: number): number {
    const share = Math.log(Math.max(second, this.begin) / this.begin) / Math.log(this.end / this.begin);
    return area.left + share * (area.right - area.left);
  }

  y(hypervolume: number): number {
    return area.bottom - (hypervolume / this.top) * (area.bottom - area.top);
  }

  /** A curve is a staircase: it keeps a value until the next step. */
  line(curve: readonly CurvePoint[], until: number, colour: string, width: number, opacity: number): string {
    if (curve.length === 0) return '';
    let path = `M${near(this.x(curve[0].second))},${near(this.y(0))}`;
    for (const { second, hypervolume } of curve) path += `H${near(this.x(second))}V${near(this.y(hypervolume))}`;
    path += `H${near(Math.max(this.x(until), this.x(curve[curve.length - 1].second)))}`;
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}" stroke-linejoin="round"/>`;
  }

  grid(): string {
    const { left, right, top, bottom } = area;
    const rule = '#dddddd';
    const columns = secondsOf(this.begin, this.end).map((second) => {
      const x = near(this.x(second));
      return `<path d="M${x},${top}V${bottom}" stroke="${rule}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle">${second}</text>`;
    });
    const rows = Array.from({ length: 6 }, (_, index) => (index / 5) * this.top).map((value) => {
      const y = near(this.y(value));
      return `<path d="M${left},${y}H${right}" stroke="${rule}"/><text x="${left - 8}" y="${y + 4}" text-anchor="end">${value.toFixed(2)}</text>`;
    });
    const middle = (top + bottom) / 2;
    return [
      ...columns,
      ...rows,
      `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="#222222"/>`,
      `<text x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">seconds since the search began (logarithmic)</text>`,
      `<text x="18" y="${middle}" text-anchor="middle" transform="rotate(-90 18 ${middle})">hypervolume, share of the box</text>`,
    ].join('\n');
  }
}

/** Round seconds in a range, a few a decade. */
function secondsOf(begin: number, end: number): number[] {
  const seconds: number[] = [];
  for (let decade = 10 ** Math.floor(Math.log10(begin)); decade <= end; decade *= 10) {
    seconds.push(...[1, 2, 5].map((digit) => Number((digit * decade).toPrecision(1))));
  }
  return seconds.filter((second) => second >= begin && second <= end);
}

function legend(side: string, colour: string, index: number): string {
  const y = area.top + 14 + index * 22;
  const x = area.right + 16;
  return `<path d="M${x},${y - 4}h22" stroke="${colour}" stroke-width="2.4"/><text x="${x + 30}" y="${y}">${escaped(side)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function near(value: number): number {
  return Math.round(value * 10) / 10;
}
