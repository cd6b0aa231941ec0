import { requirePlugins, requirePluginVersions } from '#domain/plugins/index.ts';
import { type Bound, requireLive } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { entrypointInvalid } from './entrypoint-invalid.ts';

/** The plugins of an entrypoint, at the versions that it runs. */
export interface Binding {
  readonly plugins: readonly Bound[];
  readonly artifactPlugins: readonly Bound[];
}

/** The two lists of plugins that an entrypoint has. */
export type PluginList = keyof Binding;

/** No plugin may be in both lists; the error says which one was being added to. */
export function requireNoOverlap(binding: Binding, adding: PluginList): Binding {
  const ids = binding.plugins.map(({ id }) => id);
  const both = binding.artifactPlugins.map(({ id }) => id).filter((id) => ids.includes(id));
  if (both.length === 0) return binding;
  const [reason, other] =
    adding === 'plugins'
      ? ['plugin_overlap', 'artifactPlugins']
      : ['artifact_plugin_overlap', 'plugins'];
  throw invalid(reason, `${adding}: already among the ${other}: ${both.join(', ')}.`);
}

/** Plugins of the group at their newest versions. Throws `not_found`. */
export async function latest(
  ctx: Context,
  groupId: number,
  ids: readonly number[],
): Promise<readonly Bound[]> {
  const plugins = await requirePlugins(ctx, groupId, ids);
  return plugins.map(({ id, snapshot }) => ({ id, snapshot }));
}

/**
 * The versions that a complete list of snapshots names: each the one that is bound now or the
 * newest of its plugin, one for each plugin. Throws `not_found`, `invalid` (`entrypoint_invalid`).
 */
export async function boundVersions(
  ctx: Context,
  groupId: number,
  snapshots: readonly number[],
  bound: readonly Bound[],
): Promise<readonly Bound[]> {
  const found = await requirePluginVersions(ctx, groupId, snapshots);
  const isBound = (snapshot: number) => bound.some((now) => now.snapshot === snapshot);
  const stale = found.filter(
    ({ snapshot, plugin }) => !isBound(snapshot) && plugin?.snapshot !== snapshot,
  );
  const again = found.filter(({ id }, index) => found.findIndex((one) => one.id === id) !== index);
  if (stale.length + again.length > 0) {
    throw entrypointInvalid({
      schemaIssues: [
        ...stale.map(
          ({ id, snapshot }) =>
            `schema.error: Snapshot ${snapshot} is neither bound now nor the newest of plugin ${id}`,
        ),
        ...again.map(({ id }) => `schema.error: Plugin ${id} is named by more than one snapshot`),
      ],
    });
  }
  return found.map(({ id, snapshot }) => ({ id, snapshot }));
}

/** Throws `not_found` unless each is a queue of the group that lives. */
export const requireQueues = (ctx: Context, groupId: number, ids: readonly number[]) =>
  requireLive(ctx, 'queue', groupId, ids);
