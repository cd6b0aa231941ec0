import { type Context, requirePermission, requireSystem } from '#kernel/context.ts';
import { eventObjects } from './event.items.ts';
import { contentId, packLines, unpackLines } from './parcel.ts';
import { type PersonKeys, personKeys } from './person-keys.ts';
import type { Merge } from './persons.ts';

/** Of a group; a client that makes persons up must not take the memory of all. */
const MAX_MERGES = 1_000_000;
/** An object that is gone was put into another: the list is read again. */
const MAX_TRIES = 5;
const AT_ONCE = 8;

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

function keepEarliest(all: Map<string, Merge>, merges: readonly Merge[]): void {
  for (const merge of merges) {
    const said = saying(merge);
    const before = all.get(said);
    const isNew = before === undefined;
    if (isNew && all.size >= MAX_MERGES) continue;
    if (isNew || merge.received < before.received) all.set(said, merge);
  }
}

async function readAll(ctx: Pick<Context, 'blobs'>, groupId: number): Promise<Read> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const keys = await listed(ctx, groupId);
    const all = new Map<string, Merge>();
    let gone = false;
    for (let at = 0; at < keys.length && !gone; at += AT_ONCE) {
      const bodies = await Promise.all(
        keys.slice(at, at + AT_ONCE).map((key) => ctx.blobs.get(key)),
      );
      gone = bodies.includes(undefined);
      for (const body of bodies) {
        const lines = body === undefined ? [] : unpackLines(body);
        keepEarliest(
          all,
          lines.map((line) => JSON.parse(line) as Merge),
        );
      }
    }
    if (!gone) return { keys, merges: [...all.values()] };
  }
  throw new Error('The merges of persons change too often to be read.');
}

/** Whose the distinct ids of a group are, as far as events have said that several are one person's. */
export async function readMerges(ctx: Context, groupId: number): Promise<PersonKeys> {
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  return personKeys((await readAll(ctx, groupId)).merges);
}

/** Makes one object of all that say something of persons; what it is made of goes afterwards. */
export async function compactMerges(ctx: Context, groupId: number): Promise<void> {
  requireSystem(ctx);
  const { keys, merges } = await readAll(ctx, groupId);
  if (keys.length < 2) return;
  const lines = merges.map((merge) => JSON.stringify(merge)).sort();
  const output = eventObjects.merges(groupId, contentId(lines));
  await ctx.blobs.put(output, packLines(lines), { contentType: 'application/x-ndjson+gzip' });
  await ctx.blobs.remove(keys.filter((key) => key !== output));
}
