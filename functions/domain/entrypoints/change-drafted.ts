import { requirePlugins } from '#domain/plugins/index.ts';
import { type Bound, getResource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type Entrypoint, type EntrypointText, entrypointKind } from './entrypoint.ts';
import { changeEntrypoint } from './save.ts';

/** What a draft of a change says: plugins stay bound as they are, artifact plugins where it names none. */
export interface DraftedChange extends EntrypointText {
  readonly queues: readonly number[];
  /** Ids of plugins: those that are bound stay at their versions, others come at their newest. */
  readonly artifactPlugins?: readonly number[] | undefined;
}

async function snapshotsOf(
  ctx: Context,
  groupId: number,
  bound: readonly Bound[],
  wanted: readonly number[],
): Promise<readonly number[]> {
  const kept = bound.filter(({ id }) => wanted.includes(id));
  const added = wanted.filter((id) => !kept.some((one) => one.id === id));
  const plugins = await requirePlugins(ctx, groupId, added);
  return [...kept, ...plugins].map(({ snapshot }) => snapshot);
}

/** Replaces what a draft of a change tells. Throws as {@link changeEntrypoint}. */
export async function changeEntrypointAsDrafted(
  ctx: Context,
  id: number,
  { artifactPlugins, ...text }: DraftedChange,
): Promise<Entrypoint> {
  const { groupId, data } = await getResource(ctx, entrypointKind, id);
  const wanted = artifactPlugins ?? data.artifactPlugins.map((bound) => bound.id);
  return changeEntrypoint(ctx, id, {
    ...text,
    pluginSnapshotIds: data.plugins.map(({ snapshot }) => snapshot),
    artifactPluginSnapshotIds: await snapshotsOf(ctx, groupId, data.artifactPlugins, wanted),
  });
}
