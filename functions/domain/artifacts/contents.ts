import { archiveTypes, type FileType } from '#domain/archives/index.ts';
import { getResource, getSnapshot } from '#domain/resources/index.ts';
import { artifactKey, directoryBundleKey } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { isInnerPath } from '#kernel/inner-path.ts';
import { type Artifact, type ArtifactData, artifactKind, ownLocation } from './artifacts.ts';
import { readFolder } from './folder.ts';

/** A signed URL of a download lives this long. */
const SIGNED_SECONDS = 300;

export interface ArtifactFile {
  readonly relativePath: string;
  readonly isDir: boolean;
  readonly size: number | null;
}

/** Which bytes of an artifact are asked for. */
export interface ContentsWish {
  readonly id: number;
  readonly snapshotId?: number;
  /** A file or a folder in an artifact that is a directory. */
  readonly path?: string;
  /** How a directory is packed. */
  readonly fileType?: FileType;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function requireLocation(id: number, data: ArtifactData) {
  const location = ownLocation(data.uri);
  if (location === undefined) throw notFound('artifact', { resource_id: id });
  return { ...location, key: artifactKey(location.runId, location.path) };
}

/** Names of one folder in their order, and what a folder holds where its name stands. */
function compareBySegment(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  const [x, y] = [a[at] ?? '', b[at] ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The files of an artifact with their sizes, from what the store holds; folders are in their
 * paths alone. A single file is one row that says nothing of it, as Dioptra has it. Throws `too_large`.
 */
export async function listArtifactFiles(
  ctx: Context,
  id: number,
): Promise<readonly ArtifactFile[]> {
  const artifact = await getResource(ctx, artifactKind, id);
  if (ownLocation(artifact.data.uri) === undefined) return [];
  const itself = { relativePath: '', isDir: true, size: null };
  if (!artifact.data.isDir) return [itself];
  const { files } = await readFolder(ctx, requireLocation(id, artifact.data).key);
  if (files.length === 0) return [itself];
  return files
    .map(({ path, size }) => ({ parts: path.split('/'), path, size }))
    .sort((a, b) => compareBySegment(a.parts, b.parts))
    .map(({ path, size }) => ({ relativePath: path, isDir: false, size }));
}

const badPath = (message: string) => invalid('query_parameter', message);

function requireInnerPath(path: string): void {
  if (path.length > 1_000 || !isInnerPath(path)) {
    throw badPath('path: must stay inside the artifact.');
  }
}

const sign = (ctx: Context, key: string, filename: string, contentType?: string) =>
  ctx.blobs.signGet(key, {
    expiresIn: SIGNED_SECONDS,
    filename,
    ...(contentType === undefined ? {} : { contentType }),
  });

/** The archive of a folder, packed first where nobody did before. */
async function packedUrl(ctx: Context, key: string, type: FileType): Promise<string> {
  const folder = await readFolder(ctx, key);
  if (folder.files.length === 0) throw badPath('path: there is no such file in the artifact.');
  // Most downloads are of one file, so what packs folders does not load with them.
  const { packFolder } = await import('./pack-folder.ts');
  const archive = await packFolder(ctx, folder, type);
  return sign(ctx, archive.key, archive.filename, archive.contentType);
}

/** The archive of a whole directory: as the worker packed it when its job ended, if it did. */
async function directoryUrl(
  ctx: Context,
  { runId, path, key }: ReturnType<typeof requireLocation>,
  type: FileType,
): Promise<string> {
  const bundle = directoryBundleKey(runId, path);
  if (type !== 'tar_gz' || (await ctx.blobs.head(bundle)) === undefined) {
    return packedUrl(ctx, key, type);
  }
  const { contentType, extension } = archiveTypes.tar_gz;
  return sign(ctx, bundle, `${nameOf(path)}.${extension}`, contentType);
}

async function readData(ctx: Context, { id, snapshotId }: ContentsWish): Promise<Artifact['data']> {
  const found =
    snapshotId === undefined
      ? await getResource(ctx, artifactKind, id)
      : await getSnapshot(ctx, artifactKind, id, snapshotId);
  return found.data;
}

/**
 * A URL of the bytes of an artifact, of one of its versions, or of what is in its folder; a folder
 * comes as an archive, which may have to be made first (see `packFolder`).
 */
export async function artifactContents(ctx: Context, wish: ContentsWish): Promise<string> {
  const { path, fileType } = wish;
  const data = await readData(ctx, wish);
  const location = requireLocation(wish.id, data);
  if (!data.isDir) {
    if (path !== undefined || fileType !== undefined) {
      throw badPath('path and fileType are for artifacts that are directories.');
    }
    return sign(ctx, location.key, nameOf(location.path));
  }
  const type = fileType ?? 'tar_gz';
  // Dioptra takes an empty path for none.
  if (path === undefined || path === '') return directoryUrl(ctx, location, type);
  requireInnerPath(path);
  const key = `${location.key}/${path}`;
  const isFile = (await ctx.blobs.head(key)) !== undefined;
  return isFile ? sign(ctx, key, nameOf(path)) : packedUrl(ctx, key, type);
}
