import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { CollectedArtifact, UploadFile } from './artifacts.ts';
import { streamOf, withFile } from './open-checked.ts';

/** Large files are mostly weights and images, which more effort makes little smaller. */
const LEVEL = 3;

/** What a disk says that has no room. */
const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

interface Options {
  readonly owner?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Packs the directory of an artifact into a new file at `target`: the folder's name on top, the
 * files in order of their paths, nothing of the machine in their headers. Without a result the
 * disk had no room for it, and the directory is packed by whoever asks for it.
 */
export async function bundleOf(
  artifact: CollectedArtifact,
  target: string,
  { owner, signal }: Options,
): Promise<UploadFile | undefined> {
  const { path } = artifact.finished;
  const tar = pack();
  const written = pipeline(
    tar,
    createGzip({ level: LEVEL }),
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
    { signal },
  );
  const filled = fill(tar, artifact, { owner, signal });
  try {
    await Promise.all([written, filled]);
  } catch (error) {
    await Promise.allSettled([written, filled]);
    signal.throwIfAborted();
    if (error instanceof Error && 'code' in error && NO_ROOM.includes(error.code)) return undefined;
    throw error;
  }
  return { path, file: target, size: (await stat(target)).size, bundle: true };
}

async function fill(
  tar: Pack,
  { finished: { path: root }, files }: CollectedArtifact,
  options: Options,
): Promise<void> {
  const inOrder = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  try {
    for (const file of inOrder) {
      const name = `${basename(root)}/${file.path.slice(root.length + 1)}`;
      await addFile(tar, name, file, options);
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

async function addFile(
  tar: Pack,
  name: string,
  file: UploadFile,
  { owner, signal }: Options,
): Promise<void> {
  const { size } = file;
  const entry = tar.entry({ name, size, mode: 0o644, mtime: new Date(0) });
  const ended = once(entry, 'close');
  // Whoever awaits it hears of a failure; nobody does when the file fails first.
  ended.catch(() => undefined);
  await withFile(file, owner, async (handle) => {
    if (size === 0) return;
    for await (const chunk of streamOf(handle, { from: 0, length: size })) {
      signal.throwIfAborted();
      if (entry.destroyed) throw new Error('The archive ended before its files did.');
      if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), ended]);
    }
  });
  entry.end(undefined);
  await ended;
}
