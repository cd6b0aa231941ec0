import { cannotCompute } from '../refuse.ts';

/**
 * Content goes into statements only through these. Standard SQL knows no escapes within a text but the doubled
 * quote; a NUL would end the statement for engines in C.
 */
export function textLiteral(text: string): string {
  if (text.includes('\0')) throw cannotCompute('Texts with NUL characters cannot be compared.');
  return `'${text.toWellFormed().replaceAll("'", "''")}'`;
}

/** An exponent makes it a double; without one it would be a decimal number. */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw cannotCompute('A number is too large to be compared.');
  const text = Math.abs(value).toExponential();
  return value < 0 ? `(-${text})` : text;
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9000, 0, 1);

export function timeLiteral(milliseconds: number): string {
  const within = Math.min(LATEST, Math.max(EARLIEST, milliseconds));
  return `TIMESTAMP '${new Date(within).toISOString().slice(0, 23).replace('T', ' ')}'`;
}

export const secondsLiteral = (seconds: number): string =>
  `INTERVAL '${Math.trunc(seconds)}' SECOND`;

export const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'FALSE' : `(${conditions.join(' OR ')})`;

export const allOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'TRUE' : conditions.map((each) => `(${each})`).join(' AND ');
