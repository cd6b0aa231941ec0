import {
  type Context,
  type Permission,
  type Platform,
  requirePermission,
} from '#kernel/context.ts';
import { counted } from '#kernel/counters.ts';
import { AppError, conflict, notFound } from '#kernel/errors.ts';
import { itemSize } from '#kernel/size.ts';
import type { Item, TransactOutcome, Write } from '#kernel/table.ts';
import {
  type CollectionName,
  collectionKeys,
  headWrite,
  type Row,
  readRow,
  rowItem,
  rowRemoval,
  rowWrite,
} from './collection.items.ts';

/** More than this in a row is no longer what people write by hand. */
const MAX_ROW_BYTES = 256 * 1024;

const targetIn = (name: CollectionName, groupId: number, id?: number) =>
  id === undefined
    ? { groupId, entity: 'project', lookup: { project_id: groupId } }
    : { groupId, entity: name, lookup: { id } };

/** Throws unless the caller may do this to the collection, or to one row of it. */
export function requireInProject(
  ctx: Context,
  permission: Permission,
  name: CollectionName,
  { groupId, id }: { readonly groupId: number; readonly id?: number },
): void {
  requirePermission(ctx, permission, targetIn(name, groupId, id));
}

interface Kept {
  readonly version: number;
  readonly rows: readonly Row[];
}

type Store = Pick<Platform, 'table' | 'cache'>;

const keptAt = (name: CollectionName, groupId: number): string => `collection:${groupId}:${name}`;

/**
 * Where the cache of a process notes that it has just looked at the version of a collection. The note goes
 * with a change that the process makes itself.
 */
export const lookedAt = (name: CollectionName, groupId: number): string =>
  `collection-looked:${groupId}:${name}`;

/** How often anything in the collection changed: 0 where nothing was ever in it. */
export async function versionOf(
  { table }: Pick<Platform, 'table'>,
  name: CollectionName,
  groupId: number,
  options: { readonly eventual?: boolean } = {},
): Promise<number> {
  const head = await table.get(collectionKeys.head(name, groupId), options);
  return typeof head?.version === 'number' ? head.version : 0;
}

async function readItems({ table }: Pick<Platform, 'table'>, pk: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  const query = { pk, sk: { prefix: collectionKeys.rows } };
  let page = await table.query(query);
  items.push(...page.items);
  while (page.next !== undefined) {
    page = await table.query({ ...query, after: page.next });
    items.push(...page.items);
  }
  return items;
}

/**
 * Every row of a collection by its id, for whoever has asked for permission. One read of half a
 * kilobyte tells whether what this process knows is what is there; only then is it all read again.
 */
export async function readCollection<R extends Row>(
  store: Store,
  name: CollectionName,
  groupId: number,
): Promise<{ readonly version: number; readonly rows: readonly R[] }> {
  const version = await versionOf(store, name, groupId);
  const kept = store.cache.get<Kept>(keptAt(name, groupId));
  if (kept?.version === version) return kept as { version: number; rows: readonly R[] };
  const items = await readItems(store, collectionKeys.partition(name, groupId));
  // What was read may be newer than the version, never older: the next reader then reads again.
  const found = { version, rows: items.map((item) => readRow<R>(item)) };
  const bytes = items.reduce((sum, item) => sum + itemSize(item), 0);
  store.cache.set(keptAt(name, groupId), found, undefined, 2 * bytes);
  return found;
}

/** Every row that the caller may see. */
export async function listRows<R extends Row>(
  ctx: Context,
  name: CollectionName,
  groupId: number,
): Promise<readonly R[]> {
  requireInProject(ctx, 'read', name, { groupId });
  return (await readCollection<R>(ctx, name, groupId)).rows;
}

/** One row as it is now. Throws `not_found`. */
export async function findRow<R extends Row>(
  ctx: Context,
  name: CollectionName,
  { groupId, id }: { readonly groupId: number; readonly id: number },
): Promise<R> {
  requireInProject(ctx, 'read', name, { groupId, id });
  const item = await ctx.table.get(collectionKeys.row(name, groupId, id));
  if (item === undefined) throw notFound(name, { id });
  return readRow<R>(item);
}

/** What every new row begins with; its number is taken for good. Throws `not_found`, `forbidden`. */
export async function newRow(ctx: Context, name: CollectionName, groupId: number): Promise<Row> {
  requireInProject(ctx, 'write', name, { groupId });
  const outcome = await ctx.table.write(counted(collectionKeys.counters(name, groupId), { id: 1 }));
  const now = ctx.clock.now();
  const createdBy = 'userId' in ctx.actor ? ctx.actor.userId : undefined;
  const id = Number((outcome.item as Item | undefined)?.id);
  return { id, groupId, createdOn: now, updatedOn: now, createdBy, revision: 1 };
}

/** A row after a change, for {@link Change}. */
export const revised = <R extends Row>(ctx: Pick<Context, 'clock'>, row: R): R => ({
  ...row,
  updatedOn: ctx.clock.now(),
  revision: row.revision + 1,
});

/** What happens to one row: made (`after`), changed (both) or removed (`before`). */
export interface Change {
  readonly name: CollectionName;
  readonly before?: Row;
  readonly after?: Row;
}

function requireFits({ name, after }: Change): void {
  if (after === undefined || itemSize(rowItem(name, after)) <= MAX_ROW_BYTES) return;
  throw new AppError(
    'too_large',
    `The ${name.replaceAll('_', ' ')} is larger than ${MAX_ROW_BYTES} bytes.`,
  );
}

function writesOf({ name, before, after }: Change): readonly Write[] {
  if (after !== undefined) return [rowWrite(name, after, before)];
  return before === undefined ? [] : [rowRemoval(name, before)];
}

/**
 * Does all changes in one transaction, with `more` beside them, or none, if the caller may write what
 * they are of. Throws `conflict`
 * (`write_conflict`) where a row is no longer what a change began with; what refused `more` is for
 * `explain` to say, which gets the outcome of those writes alone.
 */
export async function commitRows(
  ctx: Context,
  changes: readonly Change[],
  more: readonly Write[] = [],
  explain: (refusals: Extract<TransactOutcome, { ok: false }>['refusals']) => void = () =>
    undefined,
): Promise<void> {
  for (const change of changes) {
    const row = change.after ?? change.before;
    if (row !== undefined) requireInProject(ctx, 'write', change.name, row);
    requireFits(change);
  }
  const heads = new Map(
    changes.flatMap(({ name, before, after }) => {
      const groupId = (after ?? before)?.groupId;
      return groupId === undefined ? [] : [[`${name}#${groupId}`, headWrite(name, groupId)]];
    }),
  );
  const outcome = await ctx.table.transact([
    ...more,
    ...changes.flatMap(writesOf),
    ...heads.values(),
  ]);
  for (const { name, before, after } of changes) {
    const groupId = (after ?? before)?.groupId;
    if (groupId !== undefined) ctx.cache.delete(lookedAt(name, groupId));
  }
  if (outcome.ok) return;
  explain(outcome.refusals.slice(0, more.length));
  throw conflict('write_conflict', 'This is being changed by others; try again.');
}
