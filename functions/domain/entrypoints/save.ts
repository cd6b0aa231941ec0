import {
  changeResource,
  createResource,
  deletedError,
  firstVersion,
  getResource,
  nextVersion,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import type { Binding } from './bind.ts';
import type { EntrypointChange, NewEntrypoint } from './check-save.ts';
import { type Entrypoint, type EntrypointData, entrypointKind } from './entrypoint.ts';

/** How far a save goes: `validateOnly` checks all and writes nothing. */
export interface SaveOptions {
  readonly validateOnly?: boolean;
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** The checks load with the first save: whoever reads entrypoints needs none of them. */
const checks = () => import('./check-save.ts');
type Checks = Awaited<ReturnType<typeof checks>>;

/** What a save stores, once everything is checked. */
async function checkedData(
  ctx: Context,
  place: { readonly groupId: number; readonly id?: number },
  input: NewEntrypoint | EntrypointChange,
  binding: (saves: Checks) => Promise<Binding>,
): Promise<EntrypointData> {
  const saves = await checks();
  const bind = () => binding(saves);
  const {
    text,
    binding: bound,
    seen,
  } = await saves.checkEntrypoint(ctx, place, input, bind, ({ compile }, of, plugins) =>
    compile(ctx, place.groupId, of, plugins),
  );
  return { ...text, ...seen, ...bound };
}

/**
 * Creates an entrypoint. Throws `not_found` (group, types, plugins, queues), `invalid`
 * (`parameter_type_mismatch`, `invalid_yaml`, `empty_graph`, `entrypoint_invalid`), `conflict`.
 */
export async function createEntrypoint(
  ctx: Context,
  input: NewEntrypoint,
  options: SaveOptions = {},
): Promise<Entrypoint> {
  const { groupId } = input;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const data = await checkedData(ctx, { groupId }, input, (saves) =>
    saves.newestBinding(ctx, input),
  );
  const links = { queues: unique(input.queues) };
  if (options.validateOnly === true) {
    const unsaved = firstVersion(
      ctx,
      entrypointKind,
      { resource: 0, snapshot: 0 },
      { groupId, data },
    );
    return { ...unsaved, links };
  }
  return createResource(ctx, entrypointKind, { groupId, data, links });
}

const changedData = (ctx: Context, before: Entrypoint, input: EntrypointChange) => {
  const { id, groupId } = before;
  if (before.deletedOn !== undefined) throw deletedError(entrypointKind, id);
  return checkedData(ctx, { groupId, id }, input, (saves) =>
    saves.changedBinding(ctx, before, input),
  );
};

async function validateChange(
  ctx: Context,
  id: number,
  input: EntrypointChange,
): Promise<Entrypoint> {
  const before = await getResource(ctx, entrypointKind, id);
  const lookup = { resource_id: id };
  requirePermission(ctx, 'write', { groupId: before.groupId, entity: 'entry_point', lookup });
  const after = nextVersion(ctx, before, 0, await changedData(ctx, before, input));
  return { ...after, links: { ...before.links, queues: unique(input.queues) } };
}

/** Replaces an entrypoint; makes a snapshot. Throws as {@link createEntrypoint}, and `deleted`. */
export function changeEntrypoint(
  ctx: Context,
  id: number,
  input: EntrypointChange,
  options: SaveOptions = {},
): Promise<Entrypoint> {
  if (options.validateOnly === true) return validateChange(ctx, id, input);
  return changeResource(ctx, entrypointKind, id, async (before) => ({
    data: await changedData(ctx, before, input),
    links: { ...before.links, queues: unique(input.queues) },
  }));
}
