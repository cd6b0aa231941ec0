import { key, pad, prefix } from '#kernel/keys.ts';
import { type Item, type Key, put, type Write } from '#kernel/table.ts';

/** One item for each pair of jobs of which one waits for the other's end, where the other's end finds it. */
export const dependantKeys = {
  of: (jobId: number): string => `${prefix.dependants}#${jobId}`,
  one: (jobId: number, dependant: number): Key => key(dependantKeys.of(jobId), pad(dependant)),
};

export const dependantWrite = (jobId: number, dependant: number, createdOn: number): Write =>
  put({ ...dependantKeys.one(jobId, dependant), dependant, createdOn });

export const dependantOf = (item: Item): number => item.dependant as number;
