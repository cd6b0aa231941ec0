import type { Context } from '#kernel/context.ts';
import { key, prefix } from '#kernel/keys.ts';
import {
  all,
  any,
  type Changes,
  type Condition,
  compare,
  type Item,
  missing,
  update,
} from '#kernel/table.ts';

/** What the files of a group take, as it was counted last. */
export interface Counted {
  readonly bytes: number;
  readonly files: number;
  readonly asOf: number;
  /** Whether all were counted in the time that there is for it. */
  readonly isComplete: boolean;
}

export interface StorageRow {
  /** Nothing before the first time. */
  readonly counted?: Counted;
  /** Somebody counts. */
  readonly measuring: boolean;
}

/** Whoever counts holds the lease; once it lapses the next caller has it counted anew. */
const LEASE_SECONDS = 60;
/** Lists cost money, so a count is good for so long. */
const PAUSE_MS = 60_000;

const storageKey = (groupId: number) => key(`${prefix.storage}#${groupId}`, 'STORAGE');

/** What the counting of a group works under. */
export interface Hold {
  readonly groupId: number;
  readonly owner: string;
}

function readRow(item: Item, now: number): StorageRow {
  const { bytes, files, asOf, isComplete, leaseUntil } = item;
  const measuring = Number(leaseUntil ?? 0) > now;
  if (typeof asOf !== 'number') return { measuring };
  const counted = {
    bytes: Number(bytes),
    files: Number(files),
    asOf,
    isComplete: isComplete === true,
  };
  return { counted, measuring };
}

export async function readStorage(ctx: Context, groupId: number): Promise<StorageRow | undefined> {
  const item = await ctx.table.get(storageKey(groupId));
  return item && readRow(item, ctx.clock.now());
}

const until = (ctx: Context) => ({ leaseUntil: ctx.clock.now() + LEASE_SECONDS * 1000 });

/** The one write of this row; false where it is another's. */
const changeStorage = async (
  ctx: Context,
  groupId: number,
  changes: Changes,
  condition: Condition,
): Promise<boolean> => (await ctx.table.write(update(storageKey(groupId), changes, condition))).ok;

/** Takes the lease where nobody has it and the last count is not of just now. */
export async function takeLease(ctx: Context, groupId: number): Promise<Hold | undefined> {
  const now = ctx.clock.now();
  const owner = ctx.ids.hex32();
  const isFree = any(missing('leaseUntil'), compare('leaseUntil', '<=', now));
  const isOld = any(missing('asOf'), compare('asOf', '<=', now - PAUSE_MS));
  const changes = { set: { owner, ...until(ctx) } };
  return (await changeStorage(ctx, groupId, changes, all(isFree, isOld)))
    ? { groupId, owner }
    : undefined;
}

const isMine = ({ owner }: Hold) => compare('owner', '=', owner);

/** Whether the owner still has it, and then for a minute more. */
export const renewLease = (ctx: Context, hold: Hold): Promise<boolean> =>
  changeStorage(ctx, hold.groupId, { set: until(ctx) }, isMine(hold));

/** Leaves it to whoever comes next, with what was counted. */
export const endLease = (ctx: Context, hold: Hold, counted?: Counted): Promise<boolean> => {
  const changes = { set: { ...counted }, remove: ['owner', 'leaseUntil'] };
  return changeStorage(ctx, hold.groupId, changes, isMine(hold));
};
