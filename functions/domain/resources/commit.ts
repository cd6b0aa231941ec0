import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import type { TransactOutcome, Write } from '#kernel/table.ts';
import { requireMatch, resourceTag } from './match.ts';
import type { Kind, Resource } from './resource.ts';
import { actorId, afterWrite, MAX_TRIES } from './verbs.ts';
import { changeWrites, createWrites, type Planned, requireNameFree } from './writes.ts';

/** What one resource takes part with in a transaction of several. */
export interface Part {
  readonly target: Target;
  /** The version that is there before; none of what is new. */
  readonly tag?: string;
  readonly plan: (ctx: Context) => Promise<Planned>;
  readonly requireNameFree: (
    planned: Planned,
    outcome: Extract<TransactOutcome, { ok: false }>,
  ) => void;
  readonly fold: (ctx: Context) => void;
}

/** A new resource, when there is no `before`, or a change of one. */
export function part<D>(kind: Kind<D>, before: Resource<D> | undefined, after: Resource<D>): Part {
  return {
    target: { groupId: after.groupId, entity: kind.type, lookup: { resource_id: after.id } },
    ...(before === undefined ? {} : { tag: resourceTag(kind, before) }),
    plan: (ctx) =>
      before === undefined
        ? createWrites(ctx, kind, after)
        : changeWrites(ctx, kind, before, after),
    requireNameFree: (planned, outcome) => requireNameFree(kind, planned, outcome, after),
    fold: (ctx) => afterWrite(ctx, kind, after),
  };
}

/** A resource with its first snapshot, of numbers that were taken before. */
export function firstVersion<D>(
  ctx: Context,
  kind: Kind<D>,
  numbers: { readonly resource: number; readonly snapshot: number },
  input: { readonly groupId: number; readonly data: D },
): Resource<D> {
  const now = ctx.clock.now();
  return {
    id: numbers.resource,
    type: kind.type,
    groupId: input.groupId,
    createdOn: now,
    snapshot: numbers.snapshot,
    snapshotBy: actorId(ctx),
    snapshotOn: now,
    revision: 1,
    snapshots: 1,
    data: input.data,
    links: {},
  };
}

/** The resource with a new snapshot, of a number that was taken before. */
export const nextVersion = <D>(
  ctx: Context,
  before: Resource<D>,
  snapshot: number,
  data: D,
): Resource<D> => ({
  ...before,
  revision: before.revision + 1,
  snapshots: before.snapshots + 1,
  snapshot,
  snapshotBy: actorId(ctx),
  snapshotOn: ctx.clock.now(),
  data,
});

/** The resource, softly deleted. */
export const deletion = <D>(ctx: Context, before: Resource<D>): Resource<D> => ({
  ...before,
  revision: before.revision + 1,
  deletedOn: ctx.clock.now(),
});

/**
 * Writes several resources in one transaction, or nothing when there are no parts. `plan` is
 * asked again when another write came between. Throws `not_found`, `forbidden`, `conflict` (a name, or too many writers).
 */
export async function commitParts<R>(
  ctx: Context,
  plan: () => Promise<{
    readonly parts: readonly Part[];
    readonly more?: readonly Write[];
    readonly result: R;
  }>,
): Promise<R> {
  const rewind = ctx.trail?.mark();
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    // What is new has other numbers each time.
    rewind?.();
    const { parts, more = [], result } = await plan();
    if (parts.length === 0) return result;
    for (const { target } of parts) requirePermission(ctx, 'write', target);
    requireMatch(ctx, ...parts.flatMap(({ tag }) => tag ?? []));
    const planned = await Promise.all(parts.map((each) => each.plan(ctx)));
    const outcome = await ctx.table.transact([...planned.flatMap(({ writes }) => writes), ...more]);
    if (outcome.ok) {
      for (const each of parts) each.fold(ctx);
      return result;
    }
    let first = 0;
    for (const [index, own] of planned.entries()) {
      const refusals = outcome.refusals.slice(first, first + own.writes.length);
      parts[index]?.requireNameFree(own, { ok: false, refusals });
      first += own.writes.length;
    }
  }
  throw conflict('write_conflict', 'The resource is being changed by others; try again.');
}
