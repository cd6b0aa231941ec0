import type { Unpacked } from '#archives/read-archive.ts';
import {
  changePlugin,
  createPlugin,
  insidePlugin,
  type NewPluginFile,
  type Plugin,
  pluginKind,
  savePluginFiles,
} from '#domain/plugins/index.ts';
import { deleteResource, getResource, holderOfName } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { pluginFileName, pluginName } from '#kernel/strings.ts';
import type { ImportConfig } from './config.ts';
import { importFailed, requireUnique } from './failed.ts';
import { innerPath, textOf } from './source.ts';
import type { ImportPlan, TypedParams } from './types.ts';

type PluginConfig = ImportConfig['plugins'][number];

/** A plugin of the config, with the folder that holds its files. */
export interface PluginFolder {
  readonly config: PluginConfig;
  readonly name: string;
  readonly folder: string;
}

/** What Python calls the stem of a path. */
const stemOf = (path: string): string =>
  (path.split('/').at(-1) ?? '').replace(/(?<=.)\.[^.]*$/, '');

/** The plugins of a config that lies in `base`, named after their folders. */
export function pluginFolders(
  base: string,
  plugins: ImportConfig['plugins'],
): readonly PluginFolder[] {
  const folders = plugins.map((config) => {
    const folder = innerPath(base, config.path);
    return { config, folder, name: stemOf(folder) };
  });
  requireUnique(
    'plugin',
    folders.map(({ name }) => name),
  );
  for (const { name } of folders) {
    const parsed = pluginName().safeParse(name);
    if (!parsed.success) {
      throw importFailed(
        `The plugin "${name.slice(0, 100)}":`,
        'Its folder must be named like a module of Python.',
      );
    }
  }
  return folders;
}

/** The path of a Python file below the folder of a plugin; undefined for any other file. */
export function moduleIn({ folder }: PluginFolder, path: string): string | undefined {
  const inner =
    folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
  const name = inner.split('/').at(-1) ?? '';
  return name.endsWith('.py') && !name.startsWith('.') ? inner : undefined;
}

function filesOf(plugin: PluginFolder, unpacked: Unpacked, typed: TypedParams): NewPluginFile[] {
  const { functions, artifacts } = plugin.config.tasks;
  const paths = [...unpacked.files.keys()].sort();
  return paths.flatMap((path) => {
    const filename = moduleIn(plugin, path);
    if (filename === undefined) return [];
    if (!pluginFileName().safeParse(filename).success) {
      throw importFailed(`${filename.slice(0, 200)}:`, 'File is not a valid python filename.');
    }
    const contents = textOf(unpacked, path);
    if (contents.includes('\0')) throw importFailed(`${filename}:`, 'The file holds a NUL.');
    const inputs = (params: (typeof functions)[number]['input_params']) =>
      typed(params).map((param, index) => ({
        ...param,
        required: params[index]?.required ?? false,
      }));
    const tasks = {
      functions: functions
        .filter((task) => task.filename === filename)
        .map(({ name, input_params, output_params }) => ({
          name,
          inputParams: inputs(input_params),
          outputParams: typed(output_params),
        })),
      artifacts: artifacts
        .filter((task) => task.filename === filename)
        .map(({ name, output_params }) => ({ name, outputParams: typed(output_params) })),
    };
    return [{ filename, contents, description: '', tasks }];
  });
}

async function emptyPlugin(
  ctx: Context,
  { groupId, strategy }: ImportPlan,
  { name, config: { description } }: PluginFolder,
): Promise<{ readonly plugin: Plugin; readonly isNew: boolean }> {
  const data = { name, description, files: [] };
  const existing =
    strategy === 'fail' ? undefined : await holderOfName(ctx, pluginKind, { groupId, data });
  if (existing !== undefined && strategy === 'update') {
    const { data: now } = await getResource(ctx, pluginKind, existing);
    const plugin = await changePlugin(ctx, existing, { name: now.name, description });
    return { plugin, isNew: false };
  }
  if (existing !== undefined) await deleteResource(ctx, pluginKind, existing);
  return { plugin: await createPlugin(ctx, { groupId, name, description }), isNew: true };
}

/** Makes the plugins with their files. `inside` are the partitions that lead from new plugins alone. */
export async function importPlugins(
  ctx: Context,
  plan: ImportPlan,
  folders: readonly PluginFolder[],
  unpacked: Unpacked,
  typed: TypedParams,
): Promise<{
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly inside: ReadonlySet<string>;
}> {
  const plugins = new Map<string, Plugin>();
  const inside = new Set<string>();
  for (const folder of folders) {
    const isFolder = folder.folder === '' || unpacked.paths.get(folder.folder) === 'directory';
    const holdsFiles = [...unpacked.paths.keys()].some((path) =>
      path.startsWith(`${folder.folder}/`),
    );
    if (!isFolder && !holdsFiles) {
      throw importFailed(
        `The plugin "${folder.name}":`,
        'Plugin path must refer to an imported directory.',
      );
    }
    const files = filesOf(folder, unpacked, typed);
    const { plugin, isNew } = await emptyPlugin(ctx, plan, folder);
    const saved = files.length === 0 ? plugin : await savePluginFiles(ctx, plugin.id, files);
    plugins.set(folder.name, saved);
    if (isNew)
      for (const partition of [...insidePlugin(plugin), ...insidePlugin(saved)])
        inside.add(partition);
  }
  return { plugins, inside };
}
