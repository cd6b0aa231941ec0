import { createHash } from 'node:crypto';
import {
  type ArchiveEntry,
  archiveTypes,
  type FileType,
  makeArchive,
  packingTurn,
} from '#domain/archives/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { ArtifactContents } from './contents.ts';

/** Folders up to this many bytes are packed while the caller waits. */
const MAX_PACKED_BYTES = 100 * 1024 * 1024;
const SIGNED_SECONDS = 300;
const FILES_AT_ONCE = 16;

/** What changes when any file of the folder does. */
const fingerprint = (folder: Extract<ArtifactContents, { kind: 'folder' }>): string =>
  createHash('sha256')
    .update(JSON.stringify(folder.files.map(({ key, size, etag }) => [key, size, etag])))
    .digest('hex');

async function entriesOf(
  ctx: Context,
  { name, files }: Extract<ArtifactContents, { kind: 'folder' }>,
): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    const some = files.slice(from, from + FILES_AT_ONCE).map(async ({ path, key }) => ({
      path: `${name}/${path}`,
      bytes: (await ctx.blobs.get(key)) ?? new Uint8Array(),
    }));
    entries.push(...(await Promise.all(some)));
  }
  return entries;
}

/** A URL of the folder as an archive with the folder's name on top. Throws `too_large`. */
export async function packFolder(
  ctx: Context,
  folder: Extract<ArtifactContents, { kind: 'folder' }>,
  type: FileType,
): Promise<string> {
  const total = folder.files.reduce((sum, file) => sum + file.size, 0);
  if (total > MAX_PACKED_BYTES) {
    throw new AppError(
      'too_large',
      `The directory is larger than ${MAX_PACKED_BYTES} bytes; fetch its files one by one with path.`,
    );
  }
  const { contentType, extension } = archiveTypes[type];
  const key = `packed/${fingerprint(folder)}.${extension}`;
  if ((await ctx.blobs.head(key)) === undefined) {
    await packingTurn(async () =>
      ctx.blobs.put(key, await makeArchive(await entriesOf(ctx, folder), type), { contentType }),
    );
  }
  const filename = `${folder.name}.${extension}`;
  return ctx.blobs.signGet(key, { expiresIn: SIGNED_SECONDS, filename, contentType });
}
