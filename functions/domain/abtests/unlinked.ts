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
