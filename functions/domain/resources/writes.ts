import type { Context } from '#kernel/context.ts';
import { type AppError, conflict } from '#kernel/errors.ts';
import {
  type Attribute,
  all,
  any,
  type Condition,
  compare,
  type Item,
  itemMissing,
  put,
  remove,
  type TransactOutcome,
  update,
  type Write,
} from '#kernel/table.ts';
import { listWrite } from './list/index.ts';
import {
  currentItem,
  packVersion,
  resourceKeys,
  snapshotItem,
  withPast,
} from './resource.items.ts';
import { deletedList, type Kind, type Resource } from './resource.ts';
import { listedSummary } from './summary.ts';

/** Attributes that a capability keeps on the row beside the resource (a job's lease, say). */
export type Extra = { readonly [name: string]: Attribute | undefined };

/** Writes of one transaction, with the places of those whose refusal has a meaning. */
export interface Planned {
  readonly writes: readonly Write[];
  /** Index of the write that reserves the name. */
  readonly name?: number;
  /** Index of the write of the row itself. */
  readonly row: number;
}

const position = <D>(kind: Kind<D>, resource: Resource<D>): number =>
  kind.order === 'id' ? resource.id : resource.snapshot;

function entries<D>(kind: Kind<D>, before: Resource<D> | undefined, after: Resource<D>): Write[] {
  const place = (resource: Resource<D> | undefined, deleted: boolean): number | null =>
    resource === undefined || (resource.deletedOn !== undefined) !== deleted
      ? null
      : position(kind, resource);
  const summary = listedSummary(kind, after);
  const entry = (deleted: boolean) => ({
    id: after.id,
    version: after.revision,
    position: place(after, deleted),
    was: place(before, deleted),
    summary,
  });
  const lists = kind.lists(after);
  const live = lists.map((list) => listWrite(list, entry(false)));
  const wasOrIsDeleted = before?.deletedOn !== undefined || after.deletedOn !== undefined;
  if (!kind.keptWhenDeleted || !wasOrIsDeleted) return live;
  return [...live, ...lists.map((list) => listWrite(deletedList(list), entry(true)))];
}

/** Which names may be taken: one that no living resource has, or only one that none ever kept. */
export type NameRule = 'free' | 'unused';

const mayTake: { readonly [rule in NameRule]: Condition } = {
  free: any(itemMissing, compare('deleted', '=', true)),
  unused: itemMissing,
};

function nameWrites<D>(
  kind: Kind<D>,
  before: Resource<D> | undefined,
  after: Resource<D>,
  rule: NameRule = 'free',
): Write[] {
  const guard = (resource: Resource<D> | undefined) => {
    const name = resource?.deletedOn === undefined && resource && kind.uniqueName?.(resource);
    return name ? resourceKeys.name(kind.type, name.scope, name.name) : undefined;
  };
  const [held, wanted] = [guard(before), guard(after)];
  if (held?.pk === wanted?.pk) return [];
  return [
    ...(wanted === undefined ? [] : [put({ ...wanted, id: after.id }, mayTake[rule])]),
    ...(held === undefined ? [] : [releaseName(kind, held, after)]),
  ];
}

/** Experiments keep the guard of a deleted name, so that a restore and MLflow's create can see it. */
const releaseName = <D>(kind: Kind<D>, held: { pk: string; sk: string }, after: Resource<D>) =>
  kind.type === 'experiment' && after.deletedOn !== undefined
    ? put({ ...held, id: after.id, deleted: true }, compare('id', '=', after.id))
    : remove(held, compare('id', '=', after.id));

/** Everything that makes a new resource: row, name, list entries. The row is its first version. */
export async function createWrites<D>(
  ctx: Pick<Context, 'blobs'>,
  kind: Kind<D>,
  resource: Resource<D>,
  extra: Extra = {},
  nameRule?: NameRule,
): Promise<Planned> {
  const content = await packVersion(ctx, resource);
  const names = nameWrites(kind, undefined, resource, nameRule);
  return {
    writes: [
      put({ ...currentItem(resource, content), ...extra }, itemMissing),
      ...names,
      ...entries(kind, undefined, resource),
    ],
    row: 0,
    ...(names.length > 0 ? { name: 1 } : {}),
  };
}

/** What a change may alter; all else on the row belongs to others. */
const changedFields = <D>(after: Resource<D>): Extra => ({
  snapshot: after.snapshot,
  snapshotBy: after.snapshotBy,
  snapshotOn: after.snapshotOn,
  snapshots: after.snapshots,
  revision: after.revision,
  drafted: after.drafted,
  links: { ...after.links },
  deletedOn: after.deletedOn,
  restoredOn: after.restoredOn,
});

/**
 * Everything that turns `before` into `after`, refused unless the row is still `before`:
 * the version that a new one replaces, the name, the list entries.
 */
export async function changeWrites<D>(
  ctx: Pick<Context, 'blobs'>,
  kind: Kind<D>,
  before: Resource<D>,
  after: Resource<D>,
  options: {
    readonly extra?: Extra;
    readonly removeExtra?: readonly string[];
    readonly if?: Condition;
    readonly nameRule?: NameRule | undefined;
    /** Nothing changes of what lists tell for certain; see `Kind.unsettled`. */
    readonly unlisted?: boolean;
  } = {},
): Promise<Planned> {
  const snapshotted = after.snapshot !== before.snapshot;
  const content = snapshotted ? await packVersion(ctx, after) : undefined;
  const past = snapshotted ? withPast(kind, before) : undefined;
  const listed = options.unlisted === true ? [] : entries(kind, before, after);
  const unchanged = compare('revision', '=', before.revision);
  const newer = compare('snapshot', '<', after.snapshot);
  const stale = [
    ...(content === undefined ? [] : 'data' in content ? ['dataKey', 'dataBytes'] : ['data']),
    ...(after.deletedOn === undefined ? ['deletedOn'] : []),
    ...(options.removeExtra ?? []),
  ];
  const names = nameWrites(kind, before, after, options.nameRule);
  return {
    writes: [
      update(
        resourceKeys.current(after.id),
        {
          set: { ...changedFields(after), ...content, ...(past && { past }), ...options.extra },
          ...(stale.length > 0 ? { remove: stale } : {}),
        },
        all(
          unchanged,
          ...(snapshotted ? [newer] : []),
          ...(options.if === undefined ? [] : [options.if]),
        ),
      ),
      ...names,
      ...(snapshotted && past === undefined
        ? [put(snapshotItem(before, await packVersion(ctx, before)))]
        : []),
      ...listed,
    ],
    row: 0,
    ...(names.length > 0 ? { name: 1 } : {}),
  };
}

/** The error of a name that `holder` has. */
export const nameTaken = <D>(
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'groupId' | 'data'>,
  holder: Item | undefined,
): AppError =>
  conflict('entity_exists', `The name is taken by another ${kind.type.replaceAll('_', ' ')}.`, {
    entity: kind.type,
    existing_id: holder?.id,
    entity_attributes: kind.uniqueName?.(resource).shown ?? {},
  });

/** Throws `conflict` (`entity_exists`) when it was the name that a transaction failed on. */
export function requireNameFree<D>(
  kind: Kind<D>,
  planned: Planned,
  outcome: Extract<TransactOutcome, { ok: false }>,
  resource: Pick<Resource<D>, 'groupId' | 'data'>,
): void {
  // Whoever came between may have taken or given back the name for this very resource.
  if (outcome.refusals[planned.row] !== undefined) return;
  const refusal = planned.name === undefined ? undefined : outcome.refusals[planned.name];
  if (refusal !== undefined) throw nameTaken(kind, resource, refusal.item);
}
