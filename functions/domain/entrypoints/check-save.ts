import { requireTypes } from '#domain/plugins/index.ts';
import { requireNameUnused } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { type Binding, boundVersions, latest, requireNoOverlap, requireQueues } from './bind.ts';
import { type Entrypoint, type EntrypointText, entrypointKind } from './entrypoint.ts';
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

/** The newest versions of the plugins that a new entrypoint names. */
export const newestBinding = async (ctx: Context, input: NewEntrypoint): Promise<Binding> => ({
  plugins: await latest(ctx, input.groupId, input.plugins),
  artifactPlugins: await latest(ctx, input.groupId, input.artifactPlugins),
});

/** The versions that a change names. */
export const changedBinding = async (
  ctx: Context,
  { groupId, data }: Entrypoint,
  input: EntrypointChange,
): Promise<Binding> => ({
  plugins: await boundVersions(ctx, groupId, input.pluginSnapshotIds, data.plugins),
  artifactPlugins: await boundVersions(
    ctx,
    groupId,
    input.artifactPluginSnapshotIds,
    data.artifactPlugins,
  ),
});

type Compilation = typeof import('./compile.ts');

/** The checks of a save in the order in which callers know them; `look` is the one at the graphs. */
export async function checkEntrypoint<T>(
  ctx: Context,
  place: { readonly groupId: number; readonly id?: number },
  input: EntrypointText & { readonly queues: readonly number[] },
  bind: () => Promise<Binding>,
  look: (compilation: Compilation, text: EntrypointText, binding: Binding) => Promise<T>,
): Promise<{ readonly text: EntrypointText; readonly binding: Binding; readonly seen: T }> {
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
  const binding = { plugins, artifactPlugins };
  // YAML's parser is large, and only those who change an entrypoint need it.
  const seen = await look(await import('./compile.ts'), text, binding);
  // Only its name matters here, and nothing is compiled for a lint.
  const data = { ...text, ...binding, config: '', usedParameters: [], artifactTasks: {} };
  await requireNameUnused(ctx, entrypointKind, { ...place, data });
  await requireQueues(ctx, groupId, input.queues);
  return { text, binding, seen };
}
