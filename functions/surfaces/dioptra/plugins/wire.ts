import * as z from 'zod';
import {
  type PluginData,
  type PluginFileData,
  type PluginFile as PluginFileRow,
  type Plugin as PluginRow,
  pluginKind,
  typeIdsOf,
} from '#domain/plugins/index.ts';
import { readRefs, type Snapshot } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { ResourceMount } from '../resource-routes.ts';
import {
  BASE,
  besideOf,
  groupRef,
  Ref,
  ResourceFields,
  ResourceRef,
  resourceFields,
  resourceRef,
} from '../shapes.ts';
import { shapeTasks, Tasks, type TypeRefs } from './task-wire.ts';

const PluginFileRef = z.object({
  id: z.int(),
  group: Ref,
  url: z.string(),
  deleted: z.boolean(),
  filename: z.string(),
  tasks: Tasks,
});

export const Plugin = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  files: z.array(PluginFileRef),
});

function shapeFileRefs(
  ctx: Context,
  types: TypeRefs,
  plugin: PluginRow,
  version: Snapshot<PluginData> | undefined,
) {
  // A version tells the files of its time; those that the plugin has now are alive.
  const now = version?.resource.data.files ?? plugin.data.files;
  const alive = new Set(plugin.deletedOn === undefined ? now.map(({ id }) => id) : []);
  return plugin.data.files.map(({ id, filename, tasks }) => ({
    id,
    group: groupRef(ctx, plugin.groupId),
    url: `${BASE}/plugins/${plugin.id}/files/${id}`,
    deleted: !alive.has(id),
    filename,
    tasks: shapeTasks(ctx, types, tasks),
  }));
}

export const pluginMount: ResourceMount<PluginData> = {
  path: 'plugins',
  title: 'Plugin',
  scope: 'plugin',
  kind: pluginKind,
  response: Plugin,
  bareDelete: true,
  jobs: true,
  shape: async (ctx, rows, beside, versions) => {
    const tasks = rows.flatMap(({ data }) => data.files.map((file) => file.tasks));
    const types = await readRefs(ctx, typeIdsOf(tasks));
    return rows.map((plugin, index) => ({
      ...resourceFields(ctx, beside, plugin, versions?.[index]),
      name: plugin.data.name,
      description: plugin.data.description,
      files: shapeFileRefs(ctx, types, plugin, versions?.[index]),
    }));
  },
};

export const PluginFile = ResourceFields.extend({
  filename: z.string(),
  contents: z.string(),
  tasks: Tasks,
  description: z.string(),
  plugin: z.nullable(ResourceRef),
});

/** Files, or versions of files, of one plugin as answers. */
export async function shapeFiles(
  ctx: Context,
  pluginId: number,
  files: readonly PluginFileRow[],
  versions?: readonly Snapshot<PluginFileData>[],
): Promise<readonly object[]> {
  const shown = files.map((file, index) => ({
    ...file,
    snapshotBy: versions?.[index]?.createdBy ?? file.snapshotBy,
  }));
  const [beside, refs] = await Promise.all([
    besideOf(ctx, shown),
    readRefs(ctx, [pluginId, ...typeIdsOf(files.map(({ data }) => data.tasks))]),
  ]);
  const plugin = refs.get(pluginId);
  return files.map((file, index) => ({
    ...resourceFields(ctx, beside, file, versions?.[index]),
    filename: file.data.filename,
    contents: file.data.contents,
    tasks: shapeTasks(ctx, refs, file.data.tasks),
    description: file.data.description,
    plugin: plugin === undefined ? null : resourceRef(ctx, 'plugins', plugin),
  }));
}

export const shapeFileVersions = (
  ctx: Context,
  pluginId: number,
  versions: readonly Snapshot<PluginFileData>[],
): Promise<readonly object[]> =>
  shapeFiles(
    ctx,
    pluginId,
    versions.map(({ resource, data }) => ({ ...resource, data })),
    versions,
  );
