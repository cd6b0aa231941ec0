import { key, pad, prefix } from '#kernel/keys.ts';
import type { Changes, Item, Key } from '#kernel/table.ts';

/** An hour in which events happened, in UTC: `2030-01-31T05`. */
export type Hour = string;

const HOUR_MS = 3_600_000;

export const hourOf = (iso: string): Hour => iso.slice(0, 13);
export const hourAt = (ms: number): Hour => hourOf(new Date(ms).toISOString());
export const startOf = (hour: Hour): number => Date.parse(`${hour}:00:00Z`);
export const endOf = (hour: Hour): number => startOf(hour) + HOUR_MS;

const isHour = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d$/.test(text);

const partition = (hour: Hour): string => `dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}/`;

/** Where the objects of a group's events are. */
export const eventObjects = {
  /** What is too large for a message, until it is stored. */
  parcel: (groupId: number, id: string): string => `events/${groupId}/parcels/${id}`,
  incomingOf: (groupId: number): string => `events/${groupId}/incoming/`,
  incoming: (groupId: number, hour: Hour, id = ''): string =>
    `events/${groupId}/incoming/${partition(hour)}${id === '' ? '' : `${id}.ndjson.gz`}`,
  hoursOf: (groupId: number): string => `events/${groupId}/hours/`,
  hour: (groupId: number, hour: Hour, id = ''): string =>
    `events/${groupId}/hours/${partition(hour)}${id === '' ? '' : `${id}.parquet`}`,
  mergesOf: (groupId: number): string => `events/${groupId}/merges/`,
  merges: (groupId: number, id: string): string => `events/${groupId}/merges/${id}.ndjson.gz`,
};

/** The hour of an object under `incomingOf` or `hoursOf`. */
export function hourOfObject(objectKey: string): Hour | undefined {
  const [, day = '', hour = ''] = /\/dt=([\d-]{10})\/hour=(\d\d)\/[^/]+$/.exec(objectKey) ?? [];
  const found = `${day}T${hour}`;
  return isHour(found) ? found : undefined;
}

/** What of a group is to be compacted: the events of an hour, or its merges of persons. */
export type Dirty = Hour | 'MERGES';

const group = (groupId: number): string => `${prefix.events}#${groupId}`;

export const eventKeys = {
  mark: (groupId: number, dirty: Dirty): Key => key(group(groupId), `DIRTY#${dirty}`),
  /** Everybody that stores events holds one of these. */
  writer: (slot: number): Key => key(`${prefix.events}#WRITER`, `SLOT#${slot}`),
  names: (groupId: number): string => `${group(groupId)}#NAMES`,
  name: (groupId: number, name: string): Key => key(eventKeys.names(groupId), name),
};

/** All marks, by when somebody must look. */
export const DUE = `${prefix.events}#DUE`;

/** What is compacted waits so long for more of the same hour. */
export const SETTLE_MS = 15 * 60_000;

const dueKeys = (groupId: number, dirty: Dirty, dueOn: number) => ({
  gsi1pk: DUE,
  gsi1sk: `${pad(dueOn)}#${groupId}#${dirty}`,
});

/** `count` tells a compactor that more came while it worked; a mark stays where it is in the order. */
export const markChanges = (groupId: number, dirty: Dirty, now: number): Changes => ({
  setIfAbsent: { ...dueKeys(groupId, dirty, now + SETTLE_MS), groupId, dirty },
  add: { count: 1 },
});

/** Nobody else looks while this one works, unless it is not heard of any more. */
export const claimChanges = (groupId: number, dirty: Dirty, now: number): Changes => ({
  set: dueKeys(groupId, dirty, now + SETTLE_MS),
});

export interface Mark {
  readonly groupId: number;
  readonly dirty: Dirty;
  readonly count: number;
  /** Milliseconds. */
  readonly dueOn: number;
  /** As it was found: whoever changes it first has it. */
  readonly place: string;
}

export const readMark = (item: Item): Mark => ({
  groupId: Number(item.groupId),
  dirty: String(item.dirty),
  count: Number(item.count),
  dueOn: Number(String(item.gsi1sk).split('#')[0]),
  place: String(item.gsi1sk),
});
