import * as z from 'zod';
import { modelFiles } from '#domain/logged-models/index.ts';
import { deletedList, groupList, readWholeLists, withoutFolds } from '#domain/resources/index.ts';
import { traceFiles } from '#domain/traces/index.ts';
import { datasetFiles, defaultExperimentOf, runFiles, runIdsOf } from '#domain/tracking/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import { keepLease } from '#kernel/keep-lease.ts';
import { type Counted, endLease, renewLease } from './storage.items.ts';

/** What background work is told: whose files, and the lease that it works under. */
export const StorageTask = z.strictObject({
  groupId: z.int().positive(),
  owner: z.string().min(1),
});
export type StorageTask = z.infer<typeof StorageTask>;

export type CountEnd = 'counted' | 'lost';

/** A function of AWS ends after 15 minutes. */
const MAX_MS = 14 * 60_000;
/** Places that are listed at once. */
const AT_ONCE = 16;

interface Count {
  bytes: number;
  files: number;
}

/** Adds what the store holds at a place, page by page; false where there was no time for all of it. */
async function addPlace(ctx: Context, count: Count, place: string, isTime: () => boolean) {
  let after: string | undefined;
  do {
    if (!isTime()) return false;
    const page = await ctx.blobs.list(place, after === undefined ? {} : { after });
    for (const { size } of page.objects) count.bytes += size;
    count.files += page.objects.length;
    after = page.next;
  } while (after !== undefined);
  return true;
}

/** All experiments of a group, deleted ones and its own, which is in no list, too. */
async function experimentsOf(ctx: Context, groupId: number): Promise<readonly number[]> {
  const list = groupList({ groupId, type: 'experiment' });
  const store = { ...ctx, cache: withoutFolds(ctx.cache) };
  const { rows } = await readWholeLists(store, [list, deletedList(list)]);
  return [...rows.map(({ id }) => id), defaultExperimentOf(groupId)];
}

/** Where files of a group are, each place once for all that is known. */
async function* placesOf(ctx: Context, groupId: number): AsyncGenerator<readonly string[]> {
  for (const id of await experimentsOf(ctx, groupId)) {
    yield [modelFiles(id), traceFiles(id), datasetFiles(id)];
    const seen = new Set<string>();
    for await (const page of runIdsOf(ctx, id)) {
      const fresh = [...new Set(page)].filter((runId) => !seen.has(runId));
      for (const runId of fresh) seen.add(runId);
      yield fresh.map(runFiles);
    }
  }
}

async function countFiles(ctx: Context, groupId: number, isTime: () => boolean): Promise<Counted> {
  const count: Count = { bytes: 0, files: 0 };
  const asOf = ctx.clock.now();
  let isComplete = true;
  for await (const places of placesOf(ctx, groupId)) {
    for (let at = 0; at < places.length && isComplete; at += AT_ONCE) {
      const some = places.slice(at, at + AT_ONCE);
      const ends = await Promise.all(some.map((place) => addPlace(ctx, count, place, isTime)));
      isComplete = ends.every(Boolean);
    }
    if (!isComplete) break;
  }
  return { ...count, asOf, isComplete };
}

/**
 * Counts the files of a group's runs, logged models, traces and datasets as the store has them, and keeps the
 * sum. Nobody else knows it: clients write to the store themselves.
 */
export async function countStorage(
  ctx: Context,
  task: StorageTask,
  ms: number = MAX_MS,
): Promise<CountEnd> {
  requireSystem(ctx);
  const renew = () => renewLease(ctx, task);
  if (!(await renew())) return 'lost';
  const lease = keepLease(ctx, 'storage', renew);
  const end = ctx.clock.now() + ms;
  try {
    const isTime = (): boolean => ctx.clock.now() < end && !lease.signal.aborted;
    const counted = await countFiles(ctx, task.groupId, isTime);
    return (await endLease(ctx, task, counted)) ? 'counted' : 'lost';
  } catch (error) {
    await endLease(ctx, task);
    throw error;
  } finally {
    lease.stop();
  }
}
