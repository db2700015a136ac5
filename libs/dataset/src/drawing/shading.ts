import { ellipse, hex, mix, type Rgb } from './svg.js';

/** An ellipse with a softer patch where the light falls. */
export function shaded(x: number, y: number, rx: number, ry: number, colour: Rgb, lightDegrees: number): string {
  return (
    ellipse(x, y, rx, ry, { fill: hex(colour) }) +
    ellipse(
      x + lightX(lightDegrees, rx * 0.25),
      y + lightY(lightDegrees, ry * 0.3),
      rx * 0.5,
      ry * 0.45,
      highlight(colour),
    )
  );
}

/** Fill of the patch where the light falls on a body of this colour. */
export function highlight(colour: Rgb): { fill: string; opacity: number } {
  return { fill: hex(mix(colour, [255, 255, 255], 0.6)), opacity: 0.4 };
}

/** Horizontal part of a step towards the light. */
export function lightX(degrees: number, length: number): number {
  return Math.cos((degrees * Math.PI) / 180) * length;
}

/** Vertical part of a step towards the light. */
export function lightY(degrees: number, length: number): number {
  return Math.sin((degrees * Math.PI) / 180) * length;
}
