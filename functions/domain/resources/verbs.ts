import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { AppError, conflict, type ErrorDetail, notFound } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { maybeFold } from './list/index.ts';
import { requireMatch, resourceTag } from './match.ts';
import { readCurrent, resourceKeys, shownKey } from './resource.items.ts';
import type { Kind, Links, Resource } from './resource.ts';
import {
  changeWrites,
  createWrites,
  type Extra,
  type NameRule,
  requireNameFree,
} from './writes.ts';

/** Tries of an optimistic change before the caller is told to try again. */
export const MAX_TRIES = 5;

const missing = <D>(kind: Kind<D>, id: number): AppError =>
  notFound(kind.type, { resource_id: id });

export const deletedError = <D>(kind: Kind<D>, id: number): AppError =>
  new AppError('deleted', `The ${kind.type.replaceAll('_', ' ')} is deleted.`, {
    reason: 'entity_deleted',
    detail: { entity: kind.type, existing_id: id, resource_id: id },
  });

export const actorId = (ctx: Context): number => ('userId' in ctx.actor ? ctx.actor.userId : 0);

/** To be called after each write of a resource: tidies its lists now and then, and drops what is remembered of it. */
export function afterWrite<D>(ctx: Context, kind: Kind<D>, resource: Resource<D>): void {
  ctx.cache.delete(shownKey(resource.id));
  const position = kind.order === 'id' ? resource.id : resource.snapshot;
  for (const list of kind.lists(resource)) ctx.defer(maybeFold(ctx, list, position));
}

/** What makes a resource. */
interface NewResource<D> {
  readonly groupId: number;
  readonly data: D;
  readonly links?: Links;
  readonly kept?: Resource<D>['kept'];
}

/** A resource with its first snapshot, with ids taken from the sequences. */
export async function newResource<D>(
  ctx: Context,
  kind: Kind<D>,
  input: NewResource<D>,
): Promise<Resource<D>> {
  const { resource: id, snapshot } = await takeNumbers(ctx.table, { resource: 1, snapshot: 1 });
  const now = ctx.clock.now();
  return {
    id,
    type: kind.type,
    groupId: input.groupId,
    createdOn: now,
    snapshot,
    snapshotBy: actorId(ctx),
    snapshotOn: now,
    revision: 1,
    snapshots: 1,
    data: input.data,
    links: input.links ?? {},
    ...(input.kept === undefined ? {} : { kept: input.kept }),
  };
}

/** Creates a resource in a group. Throws `not_found` (the group), `forbidden`, `conflict` (the name). */
export async function createResource<D>(
  ctx: Context,
  kind: Kind<D>,
  input: NewResource<D> & { readonly nameRule?: NameRule },
  more: (resource: Resource<D>) => readonly Write[] = () => [],
): Promise<Resource<D>> {
  requirePermission(ctx, 'write', {
    groupId: input.groupId,
    entity: 'group',
    lookup: { group_id: input.groupId },
  });
  const resource = await newResource(ctx, kind, input);
  const planned = await createWrites(ctx, kind, resource, {}, input.nameRule);
  const outcome = await ctx.table.transact([...planned.writes, ...more(resource)]);
  if (!outcome.ok) {
    requireNameFree(kind, planned, outcome, resource);
    throw conflict(
      'write_conflict',
      'Something that this depends on changed meanwhile; try again.',
    );
  }
  afterWrite(ctx, kind, resource);
  return resource;
}

/** The resource by id, of this kind, deleted ones included where the kind keeps them. */
export async function getResource<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  lookup: ErrorDetail = { resource_id: id },
): Promise<Resource<D>> {
  const item = await ctx.table.get(resourceKeys.current(id));
  if (item === undefined || item.type !== kind.type) throw notFound(kind.type, lookup);
  requirePermission(ctx, 'read', { groupId: item.groupId as number, entity: kind.type, lookup });
  if (item.deletedOn !== undefined && !kind.keptWhenDeleted) throw notFound(kind.type, lookup);
  return readCurrent<D>(ctx, item);
}

interface Change<D> {
  readonly data?: D;
  readonly links?: Links;
  readonly deleted?: boolean;
  /** Makes a deleted one live again; the only change that it may have. */
  readonly restored?: boolean;
  /** Nothing but drafts changes, so that who read it before may still write it. */
  readonly draftsOnly?: boolean;
  readonly nameRule?: NameRule;
  readonly more?: readonly Write[];
  /** What the row holds beside the resource, set and removed. */
  readonly extra?: Extra;
  readonly removeExtra?: readonly string[];
}

function withoutDeletion<D>({ deletedOn: _, ...live }: Resource<D>): Resource<D> {
  return live;
}

async function changed<D>(
  ctx: Context,
  before: Resource<D>,
  change: Change<D>,
): Promise<Resource<D>> {
  const now = ctx.clock.now();
  const base = { ...before, revision: before.revision + 1, links: change.links ?? before.links };
  if (change.draftsOnly === true) return { ...base, drafted: (before.drafted ?? 0) + 1 };
  if (change.deleted === true) return { ...base, deletedOn: now };
  if (change.restored === true) return { ...withoutDeletion(base), restoredOn: now };
  if (change.data === undefined) return base;
  const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
  return {
    ...base,
    data: change.data,
    snapshot,
    snapshotBy: actorId(ctx),
    snapshotOn: now,
    snapshots: before.snapshots + 1,
  };
}

/**
 * Changes a resource: new `data` makes a snapshot, new `links` do not. `change` is asked
 * again with the newer resource when another write came between. Throws `not_found`,
 * `forbidden`, `deleted`, `conflict`.
 */
export async function changeResource<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  change: (resource: Resource<D>) => Change<D> | undefined | Promise<Change<D> | undefined>,
): Promise<Resource<D>> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const before = await getResource(ctx, kind, id);
    requirePermission(ctx, 'write', {
      groupId: before.groupId,
      entity: kind.type,
      lookup: { resource_id: id },
    });
    requireMatch(ctx, resourceTag(kind, before));
    const wanted = await change(before);
    if (wanted === undefined) return before;
    if (before.deletedOn !== undefined && wanted.restored !== true) {
      throw kind.goneForChanges === true ? missing(kind, id) : deletedError(kind, id);
    }
    const after = await changed(ctx, before, wanted);
    const { nameRule, extra = {}, removeExtra = [] } = wanted;
    const options = { nameRule, extra, removeExtra };
    const planned = await changeWrites(ctx, kind, before, after, options);
    const outcome = await ctx.table.transact([...planned.writes, ...(wanted.more ?? [])]);
    if (outcome.ok) {
      afterWrite(ctx, kind, after);
      return after;
    }
    requireNameFree(kind, planned, outcome, after);
  }
  throw conflict('write_conflict', 'The resource is being changed by others; try again.');
}

/** Deletes softly. Deleting again succeeds where deleted resources are kept, else `not_found`. */
export async function deleteResource<D>(ctx: Context, kind: Kind<D>, id: number): Promise<void> {
  await changeResource(ctx, kind, id, (resource) =>
    resource.deletedOn === undefined ? { deleted: true } : undefined,
  );
}

/**
 * Makes a deleted resource live again, under its name. Throws `not_found` where it is not deleted,
 * and `conflict` (`entity_exists`) where its name was taken meanwhile.
 */
export const restoreResource = <D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  requireRestorable: (resource: Resource<D>) => void = () => undefined,
): Promise<Resource<D>> =>
  changeResource(ctx, kind, id, (resource) => {
    if (resource.deletedOn === undefined) throw missing(kind, id);
    requireRestorable(resource);
    return { restored: true };
  });
