import { bytesSource } from '#archives/archive-source.ts';
import { readArchive } from '#archives/read-archive.ts';
import { ARCHIVE_NAME } from '#archives/workflow-limits.ts';
import { allOrNothing, whileContended } from '#domain/resources/index.ts';
import { ArchiveRefused } from '#kernel/archive-entries.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import { pluginFileName } from '#kernel/strings.ts';
import type { Plugin } from './plugin.ts';
import type { NewPluginFile } from './plugin-files.ts';
import { createPlugin } from './plugins.ts';
import { insidePlugin, savePluginFiles } from './save-files.ts';

export interface UploadedPlugin {
  readonly groupId: number;
  readonly name: string;
  /** A tar, in gzip, bzip2 or xz or as it is, or a zip, with one package of Python. */
  readonly archive: { readonly filename: string; readonly bytes: Uint8Array };
}

const MAX_FILES = 500;

const refused = (what: string): AppError => invalid('plugin_archive', `task_plugin_file: ${what}`);

const isModule = (path: string): boolean =>
  path.endsWith('.py') && !path.split('/').some((part) => part.startsWith('.'));

async function modulesIn(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    return (await readArchive(bytesSource(archive), isModule)).files;
  } catch (error) {
    if (!(error instanceof ArchiveRefused)) throw error;
    throw refused(`The archive cannot be used: ${error.message}.`);
  }
}

/** The folder that all modules are in; '' where some are in none. */
function packageOf(paths: readonly string[]): string {
  const tops = new Set(paths.map((path) => (path.includes('/') ? path.split('/')[0] : undefined)));
  const [top] = tops;
  return tops.size === 1 && top !== undefined ? `${top}/` : '';
}

function contentsOf(filename: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // It is told below.
  }
  throw refused(`The module ${filename.slice(0, 200)} is no text in UTF-8.`);
}

/** Python takes a folder for a package without it, and our files have no such name inside of folders. */
const isEmptyMarker = (filename: string, contents: string): boolean =>
  filename.endsWith('/__init__.py') && contents.trim() === '';

function fileOf(filename: string, bytes: Uint8Array): readonly NewPluginFile[] {
  const contents = contentsOf(filename, bytes);
  if (isEmptyMarker(filename, contents)) return [];
  if (!pluginFileName().safeParse(filename).success) {
    throw refused(`${filename.slice(0, 200)} is not the name of a module that can be imported.`);
  }
  return [{ filename, contents, description: '', tasks: { functions: [], artifacts: [] } }];
}

async function filesIn(archive: Uint8Array): Promise<readonly NewPluginFile[]> {
  const modules = await modulesIn(archive);
  const paths = [...modules.keys()].sort();
  if (paths.length === 0) throw refused('The archive holds no Python file.');
  if (paths.length > MAX_FILES) throw refused(`The archive holds more than ${MAX_FILES} modules.`);
  const folder = packageOf(paths);
  return paths.flatMap((path) =>
    fileOf(path.slice(folder.length), modules.get(path) ?? new Uint8Array()),
  );
}

/**
 * Makes a plugin of the Python files in an archive, or nothing. Its files have no tasks: code that imports
 * them needs none. Throws `not_found` (the group), `forbidden`, `invalid` (`plugin_archive`), `conflict` (the name).
 */
export async function uploadPlugin(ctx: Context, input: UploadedPlugin): Promise<Plugin> {
  const { groupId, name, archive } = input;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  if (!ARCHIVE_NAME.test(archive.filename)) {
    throw refused('The name of the file must end in .tar, .tgz, .gz, .bz2, .xz or .zip.');
  }
  const files = await filesIn(archive.bytes);
  return whileContended(ctx, () =>
    allOrNothing(ctx, groupId, async (staged) => {
      const empty = await createPlugin(staged, { groupId, name, description: '' });
      const plugin = await savePluginFiles(staged, empty.id, files);
      const inside = new Set([...insidePlugin(empty), ...insidePlugin(plugin)]);
      return { ids: [plugin.id], inside, result: plugin };
    }),
  );
}
