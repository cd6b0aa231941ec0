/** Rows as text, columns as wide as they need to be. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** `–` for what is not known. */
export const shown = (value: number | undefined): string =>
  value === undefined ? '–' : value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
