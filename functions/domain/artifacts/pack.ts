import { createHash } from 'node:crypto';
import { archiveTypes, type FileType, makeArchive } from '#domain/archives/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { ArtifactContents } from './contents.ts';

/** Folders up to this many bytes are packed while the caller waits. */
const MAX_PACKED_BYTES = 100 * 1024 * 1024;
const SIGNED_SECONDS = 300;

/** What changes when any file of the folder does. */
const fingerprint = (folder: Extract<ArtifactContents, { kind: 'folder' }>): string =>
  createHash('sha256')
    .update(JSON.stringify(folder.files.map(({ key, size, etag }) => [key, size, etag])))
    .digest('hex');

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
    const entries = await Promise.all(
      folder.files.map(async (file) => ({
        path: `${folder.name}/${file.path}`,
        bytes: (await ctx.blobs.get(file.key)) ?? new Uint8Array(),
      })),
    );
    await ctx.blobs.put(key, await makeArchive(entries, type), { contentType });
  }
  const filename = `${folder.name}.${extension}`;
  return ctx.blobs.signGet(key, { expiresIn: SIGNED_SECONDS, filename, contentType });
}
