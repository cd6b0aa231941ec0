import { type Cursor, corrupt, DOUBLE_BYTES, readSmall } from '../points.ts';

/** The least that a point takes. */
export const LEAST_POINT_BYTES = 1 + 1 + DOUBLE_BYTES;

/** Points side by side instead of an object for each. */
export interface Columns<T = Float64Array | BigInt64Array> {
  readonly steps: T;
  readonly timestamps: T;
  readonly values: Float64Array;
}

/**
 * Unpacks a segment into `columns` from `at` on and tells where it ended; nothing where its integers
 * are larger than doubles hold.
 */
export function unpackInto(
  columns: Columns<Float64Array>,
  at: number,
  segment: { readonly bytes: Uint8Array; readonly base: number },
): number | undefined {
  const { bytes, base } = segment;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor: Cursor = { bytes, at: 0 };
  let step = 0;
  let timestamp = base + (readSmall(cursor) ?? Number.NaN);
  let next = at;
  for (; cursor.at < bytes.byteLength; next += 1) {
    step += readSmall(cursor) ?? Number.NaN;
    timestamp += readSmall(cursor) ?? Number.NaN;
    if (!(Number.isSafeInteger(step) && Number.isSafeInteger(timestamp))) return undefined;
    if (cursor.at + DOUBLE_BYTES > bytes.byteLength) throw corrupt();
    columns.steps[next] = step;
    columns.timestamps[next] = timestamp;
    columns.values[next] = view.getFloat64(cursor.at);
    cursor.at += DOUBLE_BYTES;
  }
  return next;
}
