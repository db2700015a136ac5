/** Columns in line: the first to the left, numbers to the right. */
export function textTable(header: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...lines].map((line) => line.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const last = header.length - 1;
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === last ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
