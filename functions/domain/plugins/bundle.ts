import { createHash } from 'node:crypto';
import {
  type ArchiveEntry,
  archiveTypes,
  type FileType,
  makeArchive,
  packingTurn,
} from '#domain/archives/index.ts';
import { type Bound, getSnapshot, readVersions } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Download } from '#kernel/download.ts';
import { AppError } from '#kernel/errors.ts';
import { type PluginData, type PluginFileData, pluginKind } from './plugin.ts';

/** Larger bundles are fetched from the blob store: answers of the API are limited. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** All files of a bundle together, before they are compressed. */
const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;
const URL_SECONDS = 300;
const FILES_AT_ONCE = 500;
const MAX_KEPT_BYTES = 256 * 1024;
const KEPT_SECONDS = 300;

/** Contents of plugins at versions; asks for no permission, see `readVersions`. */
export async function pluginsAt(
  ctx: Context,
  bound: readonly Bound[],
): Promise<readonly (Bound & { readonly data: PluginData })[]> {
  const contents = await readVersions<PluginData>(ctx, bound);
  return bound.map(({ id, snapshot }, index) => {
    const data = contents[index];
    if (data === undefined) {
      throw new AppError('internal', `Version ${snapshot} of plugin ${id} is missing.`);
    }
    return { id, snapshot, data };
  });
}

async function fileEntries(
  ctx: Context,
  files: readonly { readonly path: string; readonly file: Bound }[],
): Promise<readonly ArchiveEntry[]> {
  const contents = await readVersions<PluginFileData>(
    ctx,
    files.map(({ file }) => file),
  );
  return files.map(({ path, file }, index) => {
    const content = contents[index]?.contents;
    if (content === undefined) {
      throw new AppError('internal', `Version ${file.snapshot} of file ${file.id} is missing.`);
    }
    return { path, bytes: new TextEncoder().encode(content) };
  });
}

async function entriesOf(
  ctx: Context,
  plugins: readonly PluginData[],
): Promise<readonly ArchiveEntry[]> {
  const files = plugins.flatMap(({ name, files: bound }) =>
    bound.map((file) => ({ path: `${name}/${file.filename}`, file })),
  );
  const entries: ArchiveEntry[] = [];
  let total = 0;
  // Not all at once: only what fits into the bundle should ever be in memory.
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    for (const entry of await fileEntries(ctx, files.slice(from, from + FILES_AT_ONCE))) {
      total += entry.bytes.byteLength;
      if (total > MAX_BUNDLE_BYTES) {
        throw new AppError('too_large', `The plugins hold more than ${MAX_BUNDLE_BYTES} bytes.`);
      }
      entries.push(entry);
    }
  }
  return [...entries, { path: 'manifest.json', bytes: new TextEncoder().encode('{}') }];
}

async function deliver(ctx: Context, bytes: Uint8Array, name: string, type: FileType) {
  const { contentType, extension } = archiveTypes[type];
  const filename = `${name}.${extension}`;
  if (bytes.byteLength <= MAX_ANSWER_BYTES) return { filename, contentType, bytes };
  const hash = createHash('sha256').update(bytes).digest('hex');
  const key = `bundles/${hash}.${extension}`;
  if ((await ctx.blobs.head(key)) === undefined) await ctx.blobs.put(key, bytes, { contentType });
  const url = await ctx.blobs.signGet(key, { expiresIn: URL_SECONDS, filename, contentType });
  return { filename, contentType, url };
}

interface BundleForm {
  readonly name: string;
  readonly type: FileType;
}

const packed = (ctx: Context, plugins: readonly PluginData[], type: FileType) =>
  packingTurn(async () => makeArchive(await entriesOf(ctx, plugins), type));

/**
 * What one version of each plugin makes never changes, and the jobs of an entrypoint ask for the same one after
 * the other: a process keeps what is small.
 */
async function keptBundle(ctx: Context, bound: readonly Bound[], type: FileType) {
  const versions = bound.map(({ id, snapshot }) => `${id}@${snapshot}`);
  const kept = `plugin-bundle:${type}:${versions.join()}`;
  const known = ctx.cache.get<Uint8Array>(kept);
  if (known !== undefined) return known;
  const plugins = await pluginsAt(ctx, bound);
  const bytes = await packed(
    ctx,
    plugins.map(({ data }) => data),
    type,
  );
  const { byteLength } = bytes;
  if (byteLength <= MAX_KEPT_BYTES) ctx.cache.set(kept, bytes, KEPT_SECONDS, byteLength);
  return bytes;
}

/**
 * The files of plugins at versions as `<plugin>/<file>`, with the manifest that Dioptra's
 * worker expects. Asks for no permission: the caller holds what binds these versions.
 */
export async function pluginBundle(
  ctx: Context,
  bound: readonly Bound[],
  { name, type }: BundleForm,
): Promise<Download> {
  return deliver(ctx, await keptBundle(ctx, bound, type), name, type);
}

/** The files of one version of a plugin, readable after the plugin is deleted. */
export async function pluginFilesBundle(
  ctx: Context,
  plugin: Bound,
  type: FileType,
): Promise<Download> {
  const { data } = await getSnapshot(ctx, pluginKind, plugin.id, plugin.snapshot);
  return deliver(ctx, await packed(ctx, [data], type), 'plugins_bundle', type);
}
