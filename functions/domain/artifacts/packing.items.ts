import type { Context } from '#kernel/context.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import {
  all,
  any,
  type Changes,
  compare,
  type Item,
  missing,
  remove,
  update,
  type Write,
  type WriteOutcome,
} from '#kernel/table.ts';

/**
 * Who makes an archive, so that one does. `background`: it takes longer than a caller may wait.
 * Whoever makes it holds the lease; once it lapses the next caller has it made anew.
 */
export interface PackingRow {
  readonly owner: string;
  /** Times that somebody began. */
  readonly attempts: number;
  readonly background: boolean;
  /** Why it cannot be made; until the lease lapses nobody tries. */
  readonly failure?: string;
}

/** The archive that somebody makes, by its name, and who does. */
export interface Packing {
  readonly name: string;
  readonly owner: string;
}

export type PackingLease =
  | { readonly ok: true; readonly row: PackingRow }
  | { readonly ok: false; readonly row?: PackingRow };

const packingKey = (name: string) => key(`${prefix.packing}#${name}`, 'PACK');

const readRow = (item: Item): PackingRow => ({
  owner: String(item.owner),
  attempts: Number(item.attempts),
  background: item.background === true,
  ...(typeof item.failure === 'string' ? { failure: item.failure } : {}),
});

const until = (ctx: Context, seconds: number) => {
  const leaseUntil = ctx.clock.now() + seconds * 1000;
  return { leaseUntil, ttl: ttlOf(leaseUntil) };
};

/** The one write of this row, where nobody else has changed it. */
const changePacking = (ctx: Context, write: Write): Promise<WriteOutcome> => ctx.table.write(write);

async function changeOwned(
  ctx: Context,
  { name, owner }: Packing,
  changes: Changes,
): Promise<boolean> {
  const mine = compare('owner', '=', owner);
  return (await changePacking(ctx, update(packingKey(name), changes, mine))).ok;
}

/** Takes the lease where nobody has it; to pack at once only what no background work is for. */
export async function takeLease(
  ctx: Context,
  name: string,
  options: { readonly seconds: number; readonly background: boolean },
): Promise<PackingLease> {
  const { seconds, background } = options;
  const free = any(missing('leaseUntil'), compare('leaseUntil', '<=', ctx.clock.now()));
  const changes: Changes = {
    set: {
      owner: ctx.ids.hex32(),
      ...until(ctx, seconds),
      ...(background ? { background } : {}),
    },
    add: { attempts: 1 },
    remove: ['failure'],
  };
  const condition = background ? free : all(free, missing('background'));
  const { ok, item } = await changePacking(ctx, update(packingKey(name), changes, condition));
  const row = item && readRow(item);
  if (ok && row !== undefined) return { ok: true, row };
  return { ok: false, ...(row === undefined ? {} : { row }) };
}

/** Whether the owner still has it, and then for so many seconds more. */
export const renewLease = (ctx: Context, packing: Packing, seconds: number): Promise<boolean> =>
  changeOwned(ctx, packing, { set: until(ctx, seconds) });

/** Leaves it to whoever comes next; with `background`, to background work alone. */
export const giveBackLease = (
  ctx: Context,
  packing: Packing,
  { background }: { readonly background: boolean },
): Promise<boolean> =>
  changeOwned(ctx, packing, { set: { leaseUntil: 0, ...(background ? { background } : {}) } });

/** The same when nobody could even begin; that does not count. */
export const takeBackLease = (ctx: Context, packing: Packing): Promise<boolean> =>
  changeOwned(ctx, packing, {
    set: { leaseUntil: 0, background: true },
    add: { attempts: -1 },
  });

/** Notes why the archive cannot be made; nobody tries for so many seconds. */
export const failPacking = (
  ctx: Context,
  packing: Packing,
  { failure, seconds }: { readonly failure: string; readonly seconds: number },
): Promise<boolean> =>
  changeOwned(ctx, packing, { set: { failure, attempts: 0, ...until(ctx, seconds) } });

/** The archive is there: nobody needs to know any more who made it. */
export const endPacking = (ctx: Context, { name, owner }: Packing): Promise<WriteOutcome> =>
  changePacking(ctx, remove(packingKey(name), compare('owner', '=', owner)));
