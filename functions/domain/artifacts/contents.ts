import { getResource, getSnapshot } from '#domain/resources/index.ts';
import { artifactKey } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { type Artifact, type ArtifactData, artifactKind, ownLocation } from './artifacts.ts';

/** A signed URL of a download lives this long. */
const SIGNED_SECONDS = 300;
const MAX_LISTED = 10_000;

export interface ArtifactFile {
  readonly relativePath: string;
  readonly isDir: boolean;
  readonly size: number | null;
}

/** A file in a folder: its path there, and where its bytes are. */
export interface FolderFile {
  readonly path: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** Bytes that the caller fetches from the store, or a folder that must be packed first. */
export type ArtifactContents =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly FolderFile[];
    };

function requireStored(id: number, data: ArtifactData): { key: string; basename: string } {
  const location = ownLocation(data.uri);
  if (location === undefined) throw notFound('artifact', { resource_id: id });
  const basename = location.path.split('/').at(-1) ?? location.path;
  return { key: artifactKey(location.runId, location.path), basename };
}

async function filesBelow(ctx: Context, key: string) {
  const { objects } = await ctx.blobs.list(`${key}/`, { limit: MAX_LISTED });
  return objects.map((object) => ({
    path: object.key.slice(key.length + 1),
    key: object.key,
    size: object.size,
    etag: object.etag,
  }));
}

/** The files of an artifact with their sizes, from what the store holds. */
export async function listArtifactFiles(
  ctx: Context,
  id: number,
): Promise<readonly ArtifactFile[]> {
  const artifact = await getResource(ctx, artifactKind, id);
  if (ownLocation(artifact.data.uri) === undefined) return [];
  if (!artifact.data.isDir) return [{ relativePath: '', isDir: true, size: null }];
  const files = await filesBelow(ctx, requireStored(id, artifact.data).key);
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, depth) => void folders.add(parts.slice(0, depth + 1).join('/')));
  }
  return [
    ...[...folders].map((path) => ({ relativePath: path, isDir: true, size: null })),
    ...files.map(({ path, size }) => ({ relativePath: path, isDir: false, size })),
  ].sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1));
}

const badPath = (message: string) => invalid('query_parameter', message);

function requireInnerPath(path: string): void {
  const safe = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\p{Cc}\\]/u.test(part));
  if (!safe || path.length > 1_000) throw badPath('path: must stay inside the artifact.');
}

/** The bytes of an artifact, of one of its versions, or of one file in its folder. */
export async function artifactContents(
  ctx: Context,
  input: {
    readonly id: number;
    readonly snapshotId?: number;
    readonly path?: string;
    readonly fileType?: string;
  },
): Promise<ArtifactContents> {
  const { id, snapshotId, path, fileType } = input;
  const data: Artifact['data'] =
    snapshotId === undefined
      ? (await getResource(ctx, artifactKind, id)).data
      : (await getSnapshot(ctx, artifactKind, id, snapshotId)).data;
  const { key, basename } = requireStored(id, data);
  const sign = async (of: string, filename: string): Promise<ArtifactContents> => ({
    kind: 'url',
    url: await ctx.blobs.signGet(of, { expiresIn: SIGNED_SECONDS, filename }),
  });
  if (!data.isDir) {
    if (path !== undefined || fileType !== undefined) {
      throw badPath('path and fileType are for artifacts that are directories.');
    }
    return sign(key, basename);
  }
  if (path === undefined)
    return { kind: 'folder', name: basename, files: await filesBelow(ctx, key) };
  requireInnerPath(path);
  if ((await ctx.blobs.head(`${key}/${path}`)) !== undefined) {
    return sign(`${key}/${path}`, path.split('/').at(-1) ?? path);
  }
  const files = await filesBelow(ctx, `${key}/${path}`);
  if (files.length === 0) throw badPath('path: there is no such file in the artifact.');
  return { kind: 'folder', name: path.split('/').at(-1) ?? path, files };
}
