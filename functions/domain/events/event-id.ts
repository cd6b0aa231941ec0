import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

const dashed = (hex: string): string =>
  [0, 8, 12, 16, 20].map((at, index, all) => hex.slice(at, all[index + 1] ?? 32)).join('-');

/** The text as a UUID of the usual form; `undefined` where it is none. */
export const uuidOf = (text: unknown): string | undefined =>
  typeof text === 'string' && UUID.test(text)
    ? dashed(text.replaceAll('-', '').toLowerCase())
    : undefined;

/** A UUID of version 8 that is the same for the same parts. */
export function derivedUuid(parts: readonly unknown[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return dashed(`${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17, 32)}`);
}

/** When a UUID of version 7 was made; milliseconds. */
export function timeOfUuid(uuid: string): number | undefined {
  return uuid[14] === '7' ? Number.parseInt(uuid.replace('-', '').slice(0, 12), 16) : undefined;
}
