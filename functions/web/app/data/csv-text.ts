export type CsvValue = string | number | boolean | null | undefined;
export type CsvRow = Readonly<Record<string, CsvValue>>;

/** Spreadsheets take a text that begins so for a formula, which whoever wrote it could have it run. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A cell as RFC 4180 writes it; a quote before what would be a formula keeps it a text. */
export function csvCell(value: CsvValue): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  const isText = typeof value === 'string' && !NUMBER.test(text);
  const safe = isText && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of cells, the head first. */
export const csvLines = (lines: readonly (readonly CsvValue[])[]): string =>
  lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');

/** Rows by the names of their columns, which come first. */
export function csvText(rows: readonly CsvRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return csvLines([columns, ...rows.map((row) => columns.map((column) => row[column]))]);
}
