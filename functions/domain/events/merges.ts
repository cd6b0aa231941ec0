import { type Context, requirePermission, requireSystem } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { eventObjects } from './event.items.ts';
import { contentId, packLines, unpackLines } from './parcel.ts';
import { type PersonKeys, personKeys } from './person-keys.ts';
import type { Merge } from './persons.ts';

/** Of a group, in all; a client that makes persons up must not take the memory of everybody. */
const MAX_MERGES = 1_000_000;
const MAX_CHARACTERS = 200_000_000;
/** Of one object. */
const MAX_LINES = 50_000;
const MAX_OBJECT_BYTES = 128 * 1024 * 1024;
/** An object that is gone was put into another: the list is read again. */
const MAX_TRIES = 5;
const AT_ONCE = 4;

interface Read {
  readonly keys: readonly string[];
  /** Each that says something of its own, the earliest of those that say the same. */
  readonly merges: readonly Merge[];
}

async function listed({ blobs }: Pick<Context, 'blobs'>, groupId: number): Promise<string[]> {
  const prefix = eventObjects.mergesOf(groupId);
  let page = await blobs.list(prefix);
  const keys = page.objects.map(({ key }) => key);
  while (page.next !== undefined) {
    page = await blobs.list(prefix, { after: page.next });
    keys.push(...page.objects.map(({ key }) => key));
  }
  return keys;
}

const saying = ({ kind, distinct_id, other }: Merge): string =>
  JSON.stringify([kind, distinct_id, other]);

/** Keeps of those that say the same the earliest; beyond the bounds, what came first here. */
function collection() {
  const all = new Map<string, Merge>();
  let characters = 0;
  return {
    add(line: string): void {
      const merge = JSON.parse(line) as Merge;
      const said = saying(merge);
      const before = all.get(said);
      if (before === undefined) {
        if (all.size >= MAX_MERGES || characters >= MAX_CHARACTERS) return;
        characters += line.length;
        all.set(said, merge);
      } else if (merge.received < before.received) all.set(said, merge);
    },
    merges: () => [...all.values()],
  };
}

/** All merges of these objects, or `undefined` where one is gone. */
async function readObjects(
  { blobs }: Pick<Context, 'blobs'>,
  keys: readonly string[],
): Promise<readonly Merge[] | undefined> {
  const { add, merges } = collection();
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE);
    const bodies = await Promise.all(some.map((key) => blobs.get(key)));
    for (const body of bodies) {
      if (body === undefined) return undefined;
      for (const line of unpackLines(body, MAX_OBJECT_BYTES)) add(line);
    }
  }
  return merges();
}

async function readAll(ctx: Pick<Context, 'blobs'>, groupId: number): Promise<Read> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const keys = await listed(ctx, groupId);
    const merges = await readObjects(ctx, keys);
    if (merges !== undefined) return { keys, merges };
  }
  throw unavailable('The merges of persons are being put together; try again.');
}

/** Whose the distinct ids of a group are, as far as events have said that several are one person's. */
export async function readMerges(ctx: Context, groupId: number): Promise<PersonKeys> {
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  return personKeys((await readAll(ctx, groupId)).merges);
}

/** Makes few objects of all that say something of persons; what they are made of goes afterwards. */
export async function compactMerges(ctx: Context, groupId: number): Promise<void> {
  requireSystem(ctx);
  const { keys, merges } = await readAll(ctx, groupId);
  const lines = merges.map((merge) => JSON.stringify(merge)).sort();
  const made = new Set<string>();
  for (let at = 0; at < lines.length; at += MAX_LINES) {
    const some = lines.slice(at, at + MAX_LINES);
    const output = eventObjects.merges(groupId, contentId(some));
    made.add(output);
    if (keys.includes(output)) continue;
    await ctx.blobs.put(output, packLines(some), { contentType: 'application/x-ndjson+gzip' });
  }
  const old = keys.filter((key) => !made.has(key));
  if (old.length > 0) await ctx.blobs.remove(old);
}
