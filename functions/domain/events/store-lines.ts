import { type Context, requireSystem } from '#kernel/context.ts';
import { update } from '#kernel/table.ts';
import {
  type Dirty,
  eventKeys,
  eventObjects,
  type Hour,
  hourOf,
  markChanges,
} from './event.items.ts';
import { noteNames } from './names.ts';
import type { StoredEvent } from './normalise.ts';
import { contentId, packLines } from './parcel.ts';
import { type Merge, mergeOf } from './persons.ts';

interface OfGroup {
  readonly hours: Map<Hour, string[]>;
  readonly names: Set<string>;
  readonly merges: string[];
}

/** Lines of events on their way into objects. */
export type Sorted = Map<number, OfGroup>;

/** A line, and what decides where it goes. */
export interface Line {
  readonly text: string;
  readonly hour: Hour;
  readonly name: string;
  readonly merge?: Merge;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:/;

/** Throws where a line is none of ours. */
export function readLine(text: string): Line {
  const event = JSON.parse(text) as Partial<StoredEvent>;
  const { event: name, ts = '' } = event;
  if (typeof name !== 'string' || !TIME.test(ts)) throw new Error('A line is no event.');
  const merge = mergeOf(event as StoredEvent);
  return { text, hour: hourOf(ts), name, ...(merge !== undefined && { merge }) };
}

export function sortLines(sorted: Sorted, groupId: number, lines: readonly Line[]): void {
  const own: OfGroup = sorted.get(groupId) ?? {
    hours: new Map(),
    names: new Set(),
    merges: [],
  };
  sorted.set(groupId, own);
  for (const { text, hour, name, merge } of lines) {
    const others = own.hours.get(hour);
    if (others === undefined) own.hours.set(hour, [text]);
    else others.push(text);
    own.names.add(name);
    if (merge !== undefined) own.merges.push(JSON.stringify(merge));
  }
}

async function markDirty(ctx: Context, groupId: number, dirty: Dirty): Promise<void> {
  requireSystem(ctx);
  const changes = markChanges(groupId, dirty, ctx.clock.now());
  await ctx.table.write(update(eventKeys.mark(groupId, dirty), changes));
}

async function putLines(ctx: Context, objectKey: string, lines: readonly string[]): Promise<void> {
  await ctx.blobs.put(objectKey, packLines(lines), { contentType: 'application/x-ndjson+gzip' });
}

const AT_ONCE = 16;

async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Resolves when everything is stored and marked; may be repeated. Marks come last: they tell what is there. */
export async function storeSorted(ctx: Context, sorted: Sorted): Promise<void> {
  const puts: (() => Promise<void>)[] = [];
  const marks: (() => Promise<void>)[] = [];
  for (const [groupId, { hours, names, merges }] of sorted) {
    for (const [hour, lines] of hours) {
      puts.push(() => putLines(ctx, eventObjects.incoming(groupId, hour, contentId(lines)), lines));
      marks.push(() => markDirty(ctx, groupId, hour));
    }
    if (merges.length > 0) {
      puts.push(() => putLines(ctx, eventObjects.merges(groupId, contentId(merges)), merges));
      marks.push(() => markDirty(ctx, groupId, 'MERGES'));
    }
    marks.push(() => noteNames(ctx, groupId, names));
  }
  await inParallel(puts);
  await inParallel(marks);
}
