import { createHash } from 'node:crypto';
import { type ArchiveFile, archiveTypes, type FileType } from '#domain/archives/index.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, unavailable } from '#kernel/errors.ts';

/** A file in a folder: its path there, and where its bytes are. */
export interface FolderFile {
  readonly path: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** The files whose keys start with `<key>/`. */
export interface Folder {
  readonly key: string;
  readonly files: readonly FolderFile[];
  readonly size: number;
}

/** Most files of a directory that is listed or packed; each costs memory. */
const MAX_FILES = 100_000;
/** Files up to this size are read ahead, since asking for each takes longer than its bytes. */
const SMALL_BYTES = 256 * 1024;
const READ_AHEAD = 16;

/** Everything in a folder, however deep. Throws `too_large`. */
export async function readFolder(ctx: Pick<Context, 'blobs'>, key: string): Promise<Folder> {
  const files: FolderFile[] = [];
  let after: string | undefined;
  do {
    const page = await ctx.blobs.list(`${key}/`, after === undefined ? {} : { after });
    for (const { key: of, size, etag } of page.objects) {
      files.push({ path: of.slice(key.length + 1), key: of, size, etag });
    }
    if (files.length > MAX_FILES) {
      throw new AppError('too_large', `The directory has more than ${MAX_FILES} files.`);
    }
    after = page.next;
  } while (after !== undefined);
  return { key, files, size: files.reduce((sum, file) => sum + file.size, 0) };
}

export interface FolderArchive {
  /** Names what is in it: it changes when any file of the folder does. */
  readonly name: string;
  readonly key: string;
  readonly type: FileType;
  readonly contentType: string;
  /** For whoever stores it. */
  readonly filename: string;
}

export function archiveOfFolder({ key, files }: Folder, type: FileType): FolderArchive {
  const content = [key, ...files.map((file) => [file.key, file.size, file.etag])];
  const fingerprint = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const { contentType, extension } = archiveTypes[type];
  const name = `${fingerprint}.${extension}`;
  return {
    name,
    key: `packed/${name}`,
    type,
    contentType,
    filename: `${key.slice(key.lastIndexOf('/') + 1)}.${extension}`,
  };
}

const changed = () => unavailable('The directory changed while it was packed; try again.');

async function* exactly(
  size: number,
  chunks: AsyncIterable<Uint8Array> | readonly Uint8Array[] | undefined,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks ?? []) {
    seen += chunk.byteLength;
    if (seen > size) throw changed();
    yield chunk;
  }
  if (seen !== size || chunks === undefined) throw changed();
}

/** The files of a folder for an archive that has the folder's name on top; to be read in order. */
export function folderFiles(blobs: Blobs, { key, files }: Folder): readonly ArchiveFile[] {
  const ahead = new Map<number, Promise<Uint8Array | undefined>>();
  const readAhead = (from: number): void => {
    files.slice(from, from + READ_AHEAD).forEach((file, offset) => {
      if (file.size > SMALL_BYTES || ahead.has(from + offset)) return;
      const bytes = blobs.get(file.key);
      bytes.catch(() => undefined);
      ahead.set(from + offset, bytes);
    });
  };
  async function* chunksOf(index: number, file: FolderFile): AsyncGenerator<Uint8Array> {
    readAhead(index);
    const bytes = await ahead.get(index);
    const isSmall = ahead.delete(index);
    if (!isSmall) yield* exactly(file.size, await blobs.stream(file.key));
    else yield* exactly(file.size, bytes && [bytes]);
  }
  const top = key.slice(key.lastIndexOf('/') + 1);
  return files.map((file, index) => ({
    path: `${top}/${file.path}`,
    size: file.size,
    chunks: () => chunksOf(index, file),
  }));
}
