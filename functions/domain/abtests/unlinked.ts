import { collectionKeys } from '#domain/projects/index.ts';
import { check, compare, itemMissing, type Write } from '#kernel/table.ts';

/**
 * Refuses a transaction once anything has changed in the experiments of a project since they were read:
 * what nothing named then is named by nothing now.
 */
export const experimentsUnchanged = (groupId: number, version: number): Write =>
  check(
    collectionKeys.head('experiment', groupId),
    version === 0 ? itemMissing : compare('version', '=', version),
  );

/** A transaction takes four megabytes at most. */
const MOST_BYTES = 3_000_000;

/** As many of the first rows as one transaction takes; one at least. */
export function batchOf<R>(rows: readonly R[], most: number): readonly R[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return index === most || (index > 0 && bytes > MOST_BYTES);
  });
  return end < 0 ? rows : rows.slice(0, end);
}
