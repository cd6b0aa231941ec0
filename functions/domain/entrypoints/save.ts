import { requireTypes } from '#domain/plugins/index.ts';
import {
  changeResource,
  createResource,
  deletedError,
  firstVersion,
  getResource,
  nextVersion,
  requireNameUnused,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { type Binding, boundVersions, latest, requireNoOverlap, requireQueues } from './bind.ts';
import {
  type Entrypoint,
  type EntrypointData,
  type EntrypointText,
  entrypointKind,
} from './entrypoint.ts';
import { mistypedDefaults } from './task-graph/parameter-values.ts';

export interface NewEntrypoint extends EntrypointText {
  readonly groupId: number;
  /** Ids of plugins, bound at their newest versions. */
  readonly plugins: readonly number[];
  readonly artifactPlugins: readonly number[];
  readonly queues: readonly number[];
}

export interface EntrypointChange extends EntrypointText {
  /** The complete lists of the snapshots of plugins to bind. */
  readonly pluginSnapshotIds: readonly number[];
  readonly artifactPluginSnapshotIds: readonly number[];
  readonly queues: readonly number[];
}

/** How far a save goes: `validateOnly` checks all and writes nothing. */
export interface SaveOptions {
  readonly validateOnly?: boolean;
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

const textOf = (input: EntrypointText): EntrypointText => {
  const { name, description, taskGraph, artifactGraph, parameters, artifactParameters } = input;
  return { name, description, taskGraph, artifactGraph, parameters, artifactParameters };
};

function requireUnique(place: string, named: readonly { readonly name: string }[]): void {
  const names = named.map(({ name }) => name);
  const again = unique(names.filter((name, index) => names.indexOf(name) !== index));
  if (again.length === 0) return;
  throw invalid(
    'query_not_unique',
    `${place}: each name may occur once, not so: ${again.join(', ')}.`,
  );
}

function requireSoundParameters({ parameters, artifactParameters }: EntrypointText): void {
  requireUnique('parameters', parameters);
  requireUnique('artifactParameters', artifactParameters);
  for (const { name, outputParams } of artifactParameters) {
    requireUnique(`outputParams of ${name}`, outputParams);
  }
}

function requireCastableDefaults({ parameters }: EntrypointText): void {
  const wrong = mistypedDefaults(parameters);
  if (wrong.length === 0) return;
  const named = wrong.map(({ name, parameterType }) => `${name} (${parameterType})`).join(', ');
  throw invalid('parameter_type_mismatch', `parameters: defaults of another type: ${named}.`);
}

/** The checks of a save in the order in which callers know them, and what they lead to. */
async function checkedData(
  ctx: Context,
  place: { readonly groupId: number; readonly id?: number },
  input: EntrypointText & { readonly queues: readonly number[] },
  bind: () => Promise<Binding>,
): Promise<EntrypointData> {
  const { groupId } = place;
  const text = textOf(input);
  requireSoundParameters(text);
  const outputs = text.artifactParameters.flatMap(({ outputParams }) => outputParams);
  await requireTypes(
    ctx,
    groupId,
    outputs.map((param) => param.parameterType),
  );
  requireCastableDefaults(text);
  const { plugins, artifactPlugins } = requireNoOverlap(await bind(), 'plugins');
  // YAML's parser is large, and only those who change an entrypoint need it.
  const { compile } = await import('./compile.ts');
  const compiled = await compile(ctx, groupId, text, { plugins, artifactPlugins });
  const data = { ...text, ...compiled, plugins, artifactPlugins };
  await requireNameUnused(ctx, entrypointKind, { ...place, data });
  await requireQueues(ctx, groupId, input.queues);
  return data;
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
  const data = await checkedData(ctx, { groupId }, input, async () => ({
    plugins: await latest(ctx, groupId, input.plugins),
    artifactPlugins: await latest(ctx, groupId, input.artifactPlugins),
  }));
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
  return checkedData(ctx, { groupId, id }, input, async () => ({
    plugins: await boundVersions(ctx, groupId, input.pluginSnapshotIds, before.data.plugins),
    artifactPlugins: await boundVersions(
      ctx,
      groupId,
      input.artifactPluginSnapshotIds,
      before.data.artifactPlugins,
    ),
  }));
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
