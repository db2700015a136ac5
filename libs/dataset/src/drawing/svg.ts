/** An RGB colour, each channel 0–255. */
export type Rgb = readonly [number, number, number];

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One SVG element; numbers are rounded to hundredths, undefined attributes are left out. */
export function svg(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : value}"`)
    .join('');
  return children.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${children.join('')}</${name}>`;
}

/** An ellipse around (x, y). */
export function ellipse(x: number, y: number, rx: number, ry: number, attributes: Attributes): string {
  return svg('ellipse', { cx: x, cy: y, rx: Math.abs(rx), ry: Math.abs(ry), ...attributes });
}

/** An open line through points given as x0, y0, x1, y1, …, with round joints. */
export function stroke(points: readonly number[], colour: string, width: number, attributes: Attributes = {}): string {
  return svg('polyline', {
    points: points.map(round).join(' '),
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    ...attributes,
  });
}

/** A path; numbers in `data` are rounded to hundredths. */
export function path(data: readonly (string | number)[], attributes: Attributes): string {
  return svg('path', {
    d: data.map((part) => (typeof part === 'number' ? round(part) : part)).join(' '),
    ...attributes,
  });
}

/** A group moved to (x, y), turned by degrees and scaled, in that order from outside to inside. */
export function placed(x: number, y: number, degrees: number, scale: number | [number, number], ...children: string[]) {
  const [sx, sy] = typeof scale === 'number' ? [scale, scale] : scale;
  const transform = `translate(${round(x)} ${round(y)}) rotate(${round(degrees)}) scale(${round4(sx)} ${round4(sy)})`;
  return svg('g', { transform }, ...children);
}

/** A whole SVG document of this size in pixels. */
export function svgDocument(
  width: number,
  height: number,
  viewWidth: number,
  viewHeight: number,
  content: string,
): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${viewWidth} ${viewHeight}">${content}</svg>`
  );
}

/** `#rrggbb`; channels are rounded and clipped. */
export function hex(colour: Rgb): string {
  const digits = colour.map((channel) =>
    Math.max(0, Math.min(255, Math.round(channel)))
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}

/** The colour a share of the way from one to another, share in [0, 1]. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((c) => from[c] + (to[c] - from[c]) * share) as unknown as Rgb;
}

function round(value: number | string): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
}

function round4(value: number): string {
  return String(Math.round(value * 10000) / 10000);
}
