import {
  commitParts,
  deletion,
  firstVersion,
  getResource,
  getSnapshot,
  type ListRequest,
  listResources,
  listSnapshots,
  nextVersion,
  type PageRequest,
  part,
  type Resource,
  type ResourcePage,
  type Snapshot,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { notFound } from '#kernel/errors.ts';
import { numbered, requireTypes, requireUniqueNames } from './check-tasks.ts';
import {
  type BoundFile,
  filesOf,
  type NewTasks,
  type Plugin,
  type PluginFile,
  type PluginFileData,
  pluginFileKind,
  pluginKind,
  type Tasks,
  typeIdsOf,
} from './plugin.ts';
import { pluginSnapshotWrite } from './plugins.items.ts';
import { pluginToChange } from './plugins.ts';

export interface NewPluginFile {
  readonly filename: string;
  readonly contents: string;
  readonly description: string;
  readonly tasks: NewTasks;
}

/** A file needs three writes of a transaction's hundred. */
const FILES_AT_ONCE = 30;

/** The file; `plugin` is the plugin that it is in. */
export interface FileOfPlugin {
  readonly plugin: Plugin;
  readonly file: PluginFile;
}

const fileLookup = (pluginId: number, fileId: number) => ({
  plugin_id: pluginId,
  plugin_file_id: fileId,
});

async function fileIn(ctx: Context, plugin: Plugin, fileId: number): Promise<PluginFile> {
  const lookup = fileLookup(plugin.id, fileId);
  const file = await getResource(ctx, pluginFileKind, fileId, lookup);
  if (file.data.pluginId !== plugin.id) throw notFound(pluginFileKind.type, lookup);
  return file;
}

/** One file of a plugin. Throws `not_found` (the plugin or the file). */
export async function getPluginFile(
  ctx: Context,
  pluginId: number,
  fileId: number,
): Promise<FileOfPlugin> {
  const plugin = await getResource(ctx, pluginKind, pluginId);
  return { plugin, file: await fileIn(ctx, plugin, fileId) };
}

/** One version of a file, readable after the file and its plugin are gone. */
export async function getPluginFileSnapshot(
  ctx: Context,
  pluginId: number,
  fileId: number,
  snapshotId: number,
): Promise<Snapshot<PluginFileData>> {
  const version = await getSnapshot(ctx, pluginFileKind, fileId, snapshotId);
  if (version.data.pluginId === pluginId) return version;
  throw notFound(pluginFileKind.type, { ...fileLookup(pluginId, fileId), snapshot_id: snapshotId });
}

/** Versions of a file, oldest first. */
export async function listPluginFileSnapshots(
  ctx: Context,
  pluginId: number,
  fileId: number,
  request: PageRequest,
): Promise<ResourcePage<Snapshot<PluginFileData>>> {
  const kept = { ...pluginFileKind, keptWhenDeleted: true };
  const lookup = fileLookup(pluginId, fileId);
  const file = await getResource(ctx, kept, fileId, lookup);
  if (file.data.pluginId !== pluginId) throw notFound(kept.type, lookup);
  return listSnapshots(ctx, pluginFileKind, fileId, request);
}

/** A page of the files of a plugin. */
export async function listPluginFiles(
  ctx: Context,
  pluginId: number,
  request: PageRequest,
): Promise<ResourcePage<PluginFile> & { readonly plugin: Plugin }> {
  const plugin = await getResource(ctx, pluginKind, pluginId);
  const inPlugin: ListRequest = { ...request, lists: [filesOf(pluginId)] };
  return { plugin, ...(await listResources(ctx, pluginFileKind, inPlugin)) };
}

const boundFile = (file: Resource<PluginFileData>): BoundFile => ({
  id: file.id,
  snapshot: file.snapshot,
  filename: file.data.filename,
  tasks: file.data.tasks,
});

/** What a save needs of its tasks: names checked, types found, ids given. */
export async function checkedTasks(ctx: Context, groupId: number, tasks: NewTasks): Promise<Tasks> {
  requireUniqueNames(tasks);
  await requireTypes(ctx, groupId, typeIdsOf([tasks]));
  return numbered(ctx, tasks);
}

/** What changes in the plugin and its files, as one transaction. */
export function fileCommit(
  ctx: Context,
  plugin: Plugin,
  snapshot: number,
  files: readonly { readonly before?: PluginFile; readonly after: PluginFile }[],
) {
  const touched = new Set(files.map(({ after }) => after.id));
  const kept = plugin.data.files.filter(({ id }) => !touched.has(id));
  const living = files.map(({ after }) => after).filter((file) => file.deletedOn === undefined);
  const bound = [...kept, ...living.map(boundFile)].sort((a, b) => a.id - b.id);
  const after = nextVersion(ctx, plugin, snapshot, { ...plugin.data, files: bound });
  return {
    parts: [
      ...files.map((file) => part(pluginFileKind, file.before, file.after)),
      part(pluginKind, plugin, after),
    ],
    more: [pluginSnapshotWrite(after)],
    plugin: after,
  };
}

/** Adds a file; the plugin gets a new snapshot that binds it. Throws `conflict` (the filename). */
export async function createPluginFile(
  ctx: Context,
  pluginId: number,
  { filename, contents, description, tasks: wanted }: NewPluginFile,
): Promise<FileOfPlugin> {
  const { groupId } = await pluginToChange(ctx, pluginId);
  const tasks = await checkedTasks(ctx, groupId, wanted);
  return commitParts(ctx, async () => {
    const plugin = await pluginToChange(ctx, pluginId);
    const taken = await takeNumbers(ctx.table, { resource: 1, snapshot: 2 });
    const numbers = { resource: taken.resource, snapshot: taken.snapshot - 1 };
    const data = { pluginId, filename, contents, description, tasks };
    const file = firstVersion(ctx, pluginFileKind, numbers, { groupId, data });
    const commit = fileCommit(ctx, plugin, taken.snapshot, [{ after: file }]);
    return { ...commit, result: { plugin: commit.plugin, file } };
  });
}

/** Replaces a file; the plugin gets a new snapshot that binds the file's new one. */
export async function changePluginFile(
  ctx: Context,
  pluginId: number,
  fileId: number,
  { filename, contents, description, tasks: wanted }: NewPluginFile,
): Promise<FileOfPlugin> {
  const found = await pluginToChange(ctx, pluginId);
  await fileIn(ctx, found, fileId);
  const tasks = await checkedTasks(ctx, found.groupId, wanted);
  return commitParts(ctx, async () => {
    const plugin = await pluginToChange(ctx, pluginId);
    const before = await fileIn(ctx, plugin, fileId);
    const taken = await takeNumbers(ctx.table, { snapshot: 2 });
    const data = { pluginId, filename, contents, description, tasks };
    const after = nextVersion(ctx, before, taken.snapshot - 1, data);
    const commit = fileCommit(ctx, plugin, taken.snapshot, [{ before, after }]);
    return { ...commit, result: { plugin: commit.plugin, file: after } };
  });
}

/** Deletes a file; the plugin gets a new snapshot without it. */
export const deletePluginFile = (ctx: Context, pluginId: number, fileId: number): Promise<void> =>
  commitParts(ctx, async () => {
    const plugin = await pluginToChange(ctx, pluginId);
    const before = await fileIn(ctx, plugin, fileId);
    const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
    const after = deletion(ctx, before);
    return { ...fileCommit(ctx, plugin, snapshot, [{ before, after }]), result: undefined };
  });

/** Deletes the first files of a plugin, as many as fit; returns their ids. */
const deleteSomeFiles = (ctx: Context, pluginId: number): Promise<readonly number[]> =>
  commitParts(ctx, async () => {
    const plugin = await pluginToChange(ctx, pluginId);
    const ids = plugin.data.files.slice(0, FILES_AT_ONCE).map(({ id }) => id);
    if (ids.length === 0) return { parts: [], result: [] };
    const files = await Promise.all(ids.map((id) => fileIn(ctx, plugin, id)));
    const changes = files.map((before) => ({ before, after: deletion(ctx, before) }));
    const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
    return { ...fileCommit(ctx, plugin, snapshot, changes), result: ids };
  });

/**
 * Deletes all files of a plugin; returns their ids. More than thirty take several transactions,
 * each with a snapshot of the plugin.
 */
export async function deletePluginFiles(
  ctx: Context,
  pluginId: number,
): Promise<readonly number[]> {
  const deleted: number[] = [];
  for (;;) {
    const some = await deleteSomeFiles(ctx, pluginId);
    deleted.push(...some);
    if (some.length < FILES_AT_ONCE) return deleted;
  }
}
