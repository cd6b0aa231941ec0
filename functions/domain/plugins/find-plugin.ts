import { type Bound, readRefs, readVersions } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { type ArtifactTask, type Plugin, type PluginData, pluginKind } from './plugin.ts';
import { pluginSnapshotKey } from './plugins.items.ts';

/** Throws `not_found` with the ids that were not found. */
function requireFound<R>(wanted: readonly number[], found: ReadonlyMap<number, R>): readonly R[] {
  const lost = wanted.filter((id) => !found.has(id));
  if (lost.length > 0) {
    throw notFound(pluginKind.type, {
      ids_not_found: lost,
      num_expected: wanted.length,
      num_found: wanted.length - lost.length,
    });
  }
  return wanted.flatMap((id) => found.get(id) ?? []);
}

async function livePlugins(
  ctx: Context,
  groupId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Plugin>> {
  const found = await readRefs(ctx, ids);
  const fits = [...found].filter(
    ([, { type, groupId: owner, deletedOn }]) =>
      type === pluginKind.type && owner === groupId && deletedOn === undefined,
  );
  return new Map(fits.map(([id, plugin]) => [id, plugin as Plugin]));
}

/** The plugins of a group by id, each once. Throws `not_found`. */
export async function requirePlugins(
  ctx: Context,
  groupId: number,
  ids: readonly number[],
): Promise<readonly Plugin[]> {
  const wanted = [...new Set(ids)];
  return requireFound(wanted, await livePlugins(ctx, groupId, wanted));
}

/** A version of a plugin, and the plugin as it is now; none when it is deleted. */
export interface FoundVersion extends Bound {
  readonly plugin: Plugin | undefined;
}

/** Ids of the plugins that snapshots are of, by snapshot. */
async function ownersOf(
  ctx: Context,
  snapshots: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const items = await ctx.table.batchGet(snapshots.map(pluginSnapshotKey));
  return new Map(
    items.flatMap((item, index) => {
      const snapshot = snapshots[index];
      return item === undefined || snapshot === undefined
        ? []
        : [[snapshot, item.plugin as number] as const];
    }),
  );
}

/** Versions of plugins of a group by the ids of the snapshots, each once. Throws `not_found`. */
export async function requirePluginVersions(
  ctx: Context,
  groupId: number,
  snapshots: readonly number[],
): Promise<readonly FoundVersion[]> {
  const wanted = [...new Set(snapshots)];
  const owners = await ownersOf(ctx, wanted);
  const refs = await readRefs(ctx, [...owners.values()]);
  const found = new Map(
    [...owners].flatMap(([snapshot, id]) => {
      const plugin = refs.get(id);
      if (plugin === undefined || plugin.groupId !== groupId) return [];
      const live = plugin.deletedOn === undefined ? (plugin as Plugin) : undefined;
      return [[snapshot, { id, snapshot, plugin: live }] as const];
    }),
  );
  return requireFound(wanted, found);
}

/** An artifact task with what it belongs to. */
export interface FoundArtifactTask extends ArtifactTask {
  readonly pluginId: number;
  readonly pluginSnapshot: number;
  readonly fileId: number;
  readonly fileSnapshot: number;
}

/** The artifact task of a version of a plugin; none where the actor may not read the plugin. */
export async function findArtifactTask(
  ctx: Context,
  pluginSnapshot: number,
  taskId: number,
): Promise<FoundArtifactTask | undefined> {
  const pluginId = (await ownersOf(ctx, [pluginSnapshot])).get(pluginSnapshot);
  if (pluginId === undefined) return undefined;
  const [refs, [data]] = await Promise.all([
    readRefs(ctx, [pluginId]),
    readVersions<PluginData>(ctx, [{ id: pluginId, snapshot: pluginSnapshot }]),
  ]);
  if (!refs.has(pluginId)) return undefined;
  const found = (data?.files ?? []).flatMap((file) =>
    file.tasks.artifacts
      .filter((task) => task.id === taskId)
      .map((task) => ({
        ...task,
        pluginId,
        pluginSnapshot,
        fileId: file.id,
        fileSnapshot: file.snapshot,
      })),
  );
  return found[0];
}
