import {
  commitParts,
  createResource,
  getResource,
  nextVersion,
  part,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { type Plugin, pluginKind } from './plugin.ts';
import { pluginSnapshotWrite } from './plugins.items.ts';

export interface PluginText {
  readonly name: string;
  readonly description: string;
}

export const createPlugin = (
  ctx: Context,
  { groupId, name, description }: PluginText & { readonly groupId: number },
): Promise<Plugin> =>
  createResource(ctx, pluginKind, { groupId, data: { name, description, files: [] } }, (plugin) => [
    pluginSnapshotWrite(plugin),
  ]);

/** The plugin, for a caller that is about to change it. */
export async function pluginToChange(ctx: Context, id: number): Promise<Plugin> {
  const plugin = await getResource(ctx, pluginKind, id);
  const lookup = { resource_id: id };
  requirePermission(ctx, 'write', { groupId: plugin.groupId, entity: pluginKind.type, lookup });
  return plugin;
}

/** Replaces name and description; the files stay as they are. */
export const changePlugin = (ctx: Context, id: number, text: PluginText): Promise<Plugin> =>
  commitParts(ctx, async () => {
    const before = await pluginToChange(ctx, id);
    const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
    const { name, description } = text;
    const after = nextVersion(ctx, before, snapshot, { ...before.data, name, description });
    return {
      parts: [part(pluginKind, before, after)],
      more: [pluginSnapshotWrite(after)],
      result: after,
    };
  });
