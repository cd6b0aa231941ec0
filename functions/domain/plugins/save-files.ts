import {
  commitParts,
  firstVersion,
  getResource,
  nextVersion,
  resourceKeys,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { key, prefix } from '#kernel/keys.ts';
import { filesOf, type Plugin, type PluginFile, pluginFileKind, type Tasks } from './plugin.ts';
import { checkedTasks, fileCommit, type NewPluginFile } from './plugin-files.ts';
import { pluginSnapshotKey } from './plugins.items.ts';
import { pluginToChange } from './plugins.ts';

const withoutIds = ({ functions, artifacts }: Tasks): string =>
  JSON.stringify([functions, artifacts], (name, value) => (name === 'id' ? undefined : value));

const isSame = ({ data }: PluginFile, wanted: NewPluginFile): boolean =>
  data.contents === wanted.contents &&
  data.description === wanted.description &&
  withoutIds(data.tasks) === JSON.stringify([wanted.tasks.functions, wanted.tasks.artifacts]);

/** A file to save, and what there is of that name. */
interface Saved {
  readonly wanted: NewPluginFile;
  readonly before: PluginFile | undefined;
  readonly tasks: Tasks;
}

/** Files that are not yet as they are wanted. */
async function toSave(
  ctx: Context,
  plugin: Plugin,
  files: readonly NewPluginFile[],
): Promise<readonly Saved[]> {
  const saved: Saved[] = [];
  for (const wanted of files) {
    const bound = plugin.data.files.find(({ filename }) => filename === wanted.filename);
    const before = bound && (await getResource(ctx, pluginFileKind, bound.id));
    if (before !== undefined && isSame(before, wanted)) continue;
    saved.push({ wanted, before, tasks: await checkedTasks(ctx, plugin.groupId, wanted.tasks) });
  }
  return saved;
}

/**
 * Adds and replaces files by their names, with one new snapshot of the plugin; files that are as
 * wanted, and those that are not named, stay. Each takes four writes of one transaction, so many
 * need a staged context.
 */
export const savePluginFiles = (
  ctx: Context,
  pluginId: number,
  files: readonly NewPluginFile[],
): Promise<Plugin> =>
  commitParts(ctx, async () => {
    const plugin = await pluginToChange(ctx, pluginId);
    const saved = await toSave(ctx, plugin, files);
    if (saved.length === 0) return { parts: [], result: plugin };
    const { groupId } = plugin;
    const added = saved.filter(({ before }) => before === undefined).length;
    const amounts = { resource: added, snapshot: saved.length + 1 };
    const last = await takeNumbers(ctx.table, amounts);
    let [resource, snapshot] = [last.resource - added, last.snapshot - saved.length - 1];
    const changes = saved.map(({ wanted: { filename, contents, description }, before, tasks }) => {
      snapshot += 1;
      const data = { pluginId, filename, contents, description, tasks };
      if (before !== undefined) return { before, after: nextVersion(ctx, before, snapshot, data) };
      resource += 1;
      const numbers = { resource, snapshot };
      return { after: firstVersion(ctx, pluginFileKind, numbers, { groupId, data }) };
    });
    const commit = fileCommit(ctx, plugin, last.snapshot, changes);
    return { ...commit, result: commit.plugin };
  });

/** Partitions that nobody finds before the plugin itself is there: its files, and where they are listed. */
export function insidePlugin({ id, snapshot, data }: Plugin): readonly string[] {
  return [
    key(`${prefix.list}#${filesOf(id)}`, 'HEAD').pk,
    pluginSnapshotKey(snapshot).pk,
    ...data.files.flatMap((file) => [
      resourceKeys.current(file.id).pk,
      resourceKeys.name(pluginFileKind.type, `plugin:${id}`, file.filename).pk,
    ]),
  ];
}
