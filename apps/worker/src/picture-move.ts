/** Where each pixel of a square picture is taken from: turned, mirrored, then shifted, with the edge repeated. */
export interface PictureMove {
  /** Quarters of a turn. */
  readonly turn: number;
  readonly mirrored: boolean;
  /** Pixels. */
  readonly down: number;
  readonly right: number;
}

/** @param sources For each pixel of the moved picture, row by row, the pixel it shows: [side × side], written over. */
export function movedPixels({ turn, mirrored, down, right }: PictureMove, side: number, sources: Int32Array): void {
  const last = side - 1;
  const clamped = (at: number) => Math.min(last, Math.max(0, at));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let [v, u] = [clamped(y + down), clamped(x + right)];
      if (mirrored) u = last - u;
      if (turn & 1) [v, u] = [u, last - v];
      if (turn & 2) [v, u] = [last - v, last - u];
      sources[y * side + x] = v * side + u;
    }
  }
}
