// Rows -> text in columns, laid out as Go's tabwriter does for runc: scripts cut these columns. Pure.

const MIN_WIDTH = 12;
const PADDING = 3;

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(MIN_WIDTH, ...rows.map((row) => (row[column]?.length ?? 0) + PADDING)),
  );
  return rows.map((row) => `${rowText(row, widths)}\n`).join("");
}

/** The last cell ends its line: it is not padded. */
function rowText(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
    .join("");
}
