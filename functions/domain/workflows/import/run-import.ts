import {
  allOrNothing,
  type Staged,
  type StagedContext,
  whileContended,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { MAX_STAGED_WRITES } from '#kernel/staged-table.ts';
import { type ImportConfig, readConfig } from './config.ts';
import { importEntrypoints } from './entrypoints.ts';
import { importFailed } from './failed.ts';
import { openGitSource } from './git-source.ts';
import { importPlugins, moduleIn, pluginFolders } from './plugins.ts';
import { type ImportSource, innerPath, openSource, type Sent, textOf } from './source.ts';
import { type ImportPlan, importTypes, knownTypes } from './types.ts';

export interface ImportRequest extends ImportPlan {
  readonly sent: Sent | { readonly kind: 'git'; readonly url: string };
  /** Where the config lies in what was sent. */
  readonly configPath: string;
}

/** The ids of everything that the config names. */
export interface ImportResult {
  readonly hash: string;
  readonly plugins: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, number>;
  readonly entrypoints: ReadonlyMap<string, number>;
}

/** Python files of all plugins together: each is rows of its own, and a line in its plugin. */
const MAX_FILES = 1_000;

/** What others can find is written at once: a row, a name or a version, and an entry in a list, at least. */
const MIN_WRITES = 3;

const tooMuch = (writes: string) =>
  importFailed(
    'The config:',
    `It changes too much at once: it takes ${writes} writes of one transaction, and ${MAX_STAGED_WRITES} fit. ` +
      'Import it in several parts, of 20 plugins, types, entrypoints and changed files each.',
  );

/** Before anything is made of them: no import of so many can succeed. */
function requireFew({ plugins, plugin_param_types: types, entrypoints }: ImportConfig): void {
  const least = MIN_WRITES * (plugins.length + types.length + entrypoints.length);
  if (least > MAX_STAGED_WRITES) throw tooMuch(`${least} or more`);
}

async function readFolder(source: ImportSource, configPath: string) {
  const path = innerPath('', configPath);
  const base = path.split('/').slice(0, -1).join('/');
  const config = await readConfig(textOf(await source.read((name) => name === path), path));
  requireFew(config);
  const folders = pluginFolders(base, config.plugins);
  const graphs = new Set(config.entrypoints.map((entrypoint) => innerPath(base, entrypoint.path)));
  // Files that nothing names are looked at, but never kept.
  const unpacked = await source.read(
    (name) => graphs.has(name) || folders.some((folder) => moduleIn(folder, name) !== undefined),
  );
  if ([...unpacked.files.keys()].filter((name) => !graphs.has(name)).length > MAX_FILES) {
    throw importFailed(
      'The plugins:',
      `They have more than ${MAX_FILES} Python files together. Import them in several parts.`,
    );
  }
  return { base, config, folders, unpacked };
}

type Folder = Awaited<ReturnType<typeof readFolder>>;

type Made = Omit<ImportResult, 'hash'>;

/** Makes everything on what is there now. */
async function makeAll(
  staged: StagedContext,
  request: ImportRequest,
  { base, config, folders, unpacked }: Folder,
): Promise<Staged<Made>> {
  const types = await importTypes(staged, request, config.plugin_param_types);
  const typed = await knownTypes(staged, request, types);
  const { plugins, inside } = await importPlugins(staged, request, folders, unpacked, typed);
  const surroundings = { base, unpacked, typed, plugins };
  const entrypoints = await importEntrypoints(staged, request, config.entrypoints, surroundings);
  const ids = new Map([...plugins].map(([name, { id }]) => [name, id]));
  const all = [...types.values(), ...ids.values(), ...entrypoints.values()];
  return { ids: all, inside, result: { plugins: ids, types, entrypoints } };
}

/** Whether somebody came between: took a name that was free, or deleted what had it. */
const isOvertaken =
  ({ strategy }: ImportRequest) =>
  ({ code, reason }: AppError): boolean =>
    reason === 'write_conflict' ||
    code === 'not_found' ||
    code === 'deleted' ||
    (reason === 'entity_exists' && strategy !== 'fail');

/** What `importResources` promises, for a caller that has asked for the permission. */
export async function runImport(ctx: Context, request: ImportRequest): Promise<ImportResult> {
  const { sent, groupId } = request;
  const source = sent.kind === 'git' ? await openGitSource(ctx, sent.url) : await openSource(sent);
  const folder = await readFolder(source, request.configPath);
  const make = () => allOrNothing(ctx, groupId, (staged) => makeAll(staged, request, folder));
  // Imports of the same names may meet: what is there when it is its turn decides.
  const made = await whileContended(ctx, make, isOvertaken(request)).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.reason !== 'staged_writes') throw error;
    throw tooMuch(String(error.detail.writes));
  });
  return { hash: source.hash, ...made };
}
