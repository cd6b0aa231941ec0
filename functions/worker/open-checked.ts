import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { UploadFile } from './artifacts.ts';
import { JobFailure } from './failure.ts';

/** Opens what was looked at before, and nothing that was put in its place since. */
export async function openChecked(
  { file, size, path }: UploadFile,
  owner?: number,
): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags);
  const found = await handle.stat();
  const foreign = owner !== undefined && found.uid !== owner;
  if (found.isFile() && found.size === size && !foreign) return handle;
  await handle.close();
  throw new JobFailure(
    'task_failed',
    `${path} is not the job's own or changed while it was stored.`,
  );
}

/** Closes the file after `use`, whatever comes of it. */
export async function withFile<T>(
  file: UploadFile,
  owner: number | undefined,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await openChecked(file, owner);
  try {
    return await use(handle);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** A piece of a file: from byte `from`, so many bytes. */
export interface Piece {
  readonly from: number;
  readonly length: number;
}

export const streamOf = (handle: FileHandle, { from, length }: Piece) =>
  handle.createReadStream({ start: from, end: from + length - 1, autoClose: false });

const HASH_BYTES = 256 * 1024;

/** SHA-256 in base64, read through one buffer: chunks of their own would pile up as garbage. */
export async function hashOf(
  handle: FileHandle,
  { from, length }: Piece,
  signal: AbortSignal,
): Promise<string> {
  const digest = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(HASH_BYTES, length));
  for (let done = 0; done < length; ) {
    signal.throwIfAborted();
    const wish = Math.min(buffer.byteLength, length - done);
    const { bytesRead } = await handle.read(buffer, 0, wish, from + done);
    // It was cut meanwhile; the store will find that its bytes are others.
    if (bytesRead === 0) break;
    digest.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
  return digest.digest('base64');
}
