import { type Bound, changeResource, deletedError } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { latest, type PluginList, requireNoOverlap, requireQueues } from './bind.ts';
import { type Entrypoint, entrypointKind, queueIds } from './entrypoint.ts';

/** Binds other plugins; what the entrypoint runs is checked and rendered anew. */
const rebind = (
  ctx: Context,
  id: number,
  list: PluginList,
  change: (before: Entrypoint) => Promise<readonly Bound[]>,
): Promise<Entrypoint> =>
  changeResource(ctx, entrypointKind, id, async (before) => {
    if (before.deletedOn !== undefined) throw deletedError(entrypointKind, id);
    const { plugins, artifactPlugins } = before.data;
    const wanted = { plugins, artifactPlugins, [list]: await change(before) };
    const binding = requireNoOverlap(wanted, list);
    // YAML's parser is large, and only those who change an entrypoint need it.
    const { compile } = await import('./compile.ts');
    const compiled = await compile(ctx, before.groupId, before.data, binding);
    return { data: { ...before.data, ...compiled, ...binding } };
  });

/** Binds the newest versions of plugins, those that are bound already included. */
export const addEntrypointPlugins = (
  ctx: Context,
  id: number,
  list: PluginList,
  pluginIds: readonly number[],
): Promise<Entrypoint> =>
  rebind(ctx, id, list, async ({ groupId, data }) => {
    const added = await latest(ctx, groupId, pluginIds);
    const kept = data[list].filter((old) => !added.some((one) => one.id === old.id));
    return [...kept, ...added];
  });

/** Unbinds a plugin. Throws `not_found` when it is not bound, `invalid` when a step needs it. */
export const removeEntrypointPlugin = (
  ctx: Context,
  id: number,
  list: PluginList,
  pluginId: number,
): Promise<Entrypoint> =>
  rebind(ctx, id, list, async ({ data }) => {
    if (!data[list].some((bound) => bound.id === pluginId)) {
      throw notFound('plugin', { plugin_id: pluginId, entrypoint_id: id });
    }
    return data[list].filter((bound) => bound.id !== pluginId);
  });

/** Changes which queues jobs may wait in; makes no snapshot. `change` sees the present ones. */
export const linkQueues = (
  ctx: Context,
  id: number,
  change: (current: readonly number[]) => readonly number[],
): Promise<Entrypoint> =>
  changeResource(ctx, entrypointKind, id, async (entrypoint) => {
    const now = queueIds(entrypoint);
    const queues = [...new Set(change(now))];
    const added = queues.filter((queue) => !now.includes(queue));
    await requireQueues(ctx, entrypoint.groupId, added);
    return { links: { ...entrypoint.links, queues } };
  });
