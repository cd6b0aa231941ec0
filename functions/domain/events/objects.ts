import type { BlobInfo } from '#kernel/blobs.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { eventObjects, type Hour, hourAt, hourOfObject } from './event.items.ts';

export interface EventObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** `lines`: NDJSON in gzip. */
  readonly format: 'parquet' | 'lines';
}

/** Years beyond have no four digits. */
const MAX_TIME = Date.UTC(9999, 11, 31);

/** What there is of an hour. */
export interface EventHour {
  readonly hour: Hour;
  /** One file that has each event once; else readers must take each `uuid` once, with the earliest `received`. */
  readonly clean: boolean;
  readonly objects: readonly EventObject[];
}

interface Range {
  /** A prefix of keys, without a slash at its end: with one it would mean all that is in the folder. */
  readonly after: string;
  readonly before: string;
}

/**
 * What is put into another object gets another key, which may lie before the old one: an hour is taken from
 * one page, whose objects were there at the same time, wherever a page can hold it.
 */
function wholeHours(
  objects: readonly BlobInfo[],
  next: string | undefined,
): { readonly objects: readonly BlobInfo[]; readonly next?: string } {
  const last = objects.at(-1)?.key ?? '';
  const hour = hourOfObject(last);
  const whole = objects.filter(({ key }) => hourOfObject(key) !== hour);
  if (next === undefined) return { objects };
  if (whole.length === 0) return { objects, next };
  return { objects: whole, next: last.slice(0, last.lastIndexOf('/')) };
}

async function listHours(
  { blobs }: Pick<Context, 'blobs'>,
  prefix: string,
  { after, before }: Range,
): Promise<readonly BlobInfo[]> {
  const found: BlobInfo[] = [];
  let position: string | undefined = after;
  while (position !== undefined) {
    const listed = await blobs.list(prefix, { after: position });
    const page = wholeHours(listed.objects, listed.next);
    found.push(...page.objects.filter(({ key }) => key < before));
    const isPast = (page.objects.at(-1)?.key ?? '') >= before;
    position = isPast ? undefined : page.next;
  }
  return found;
}

const rangeOf = (first: string, last: string): Range => ({
  after: first.slice(0, -1),
  before: `${last}~`,
});

/**
 * All objects with events of a group from one time to another (milliseconds, the second excluded), hour by
 * hour; of the hours at both ends whole. Whoever finds one gone asks again: it was put into another.
 */
export async function listEventObjects(
  ctx: Context,
  groupId: number,
  from: number,
  to: number,
): Promise<readonly EventHour[]> {
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  if (!(from < to)) return [];
  const [first, last] = [hourAt(Math.max(from, 0)), hourAt(Math.min(to, MAX_TIME) - 1)];
  // The lines come first: what is compacted in between is then listed twice, and not passed over.
  const lines = await listHours(
    ctx,
    eventObjects.incomingOf(groupId),
    rangeOf(eventObjects.incoming(groupId, first), eventObjects.incoming(groupId, last)),
  );
  const files = await listHours(
    ctx,
    eventObjects.hoursOf(groupId),
    rangeOf(eventObjects.hour(groupId, first), eventObjects.hour(groupId, last)),
  );
  const hours = new Map<Hour, EventObject[]>();
  const take = ({ key, size }: BlobInfo, format: EventObject['format']): void => {
    const hour = hourOfObject(key);
    if (hour !== undefined) hours.set(hour, [...(hours.get(hour) ?? []), { key, size, format }]);
  };
  for (const each of files) take(each, 'parquet');
  for (const each of lines) take(each, 'lines');
  return [...hours.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, objects]) => ({
      hour,
      clean: objects.length === 1 && objects[0]?.format === 'parquet',
      objects,
    }));
}
