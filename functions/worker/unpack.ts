import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { isInnerPath } from '#kernel/inner-path.ts';

export interface UnpackLimits {
  readonly maxEntries: number;
  /** Of all files together, unpacked. */
  readonly maxBytes: number;
}

export const BUNDLE_LIMITS: UnpackLimits = { maxEntries: 10_000, maxBytes: 200 * 1024 * 1024 };
const MAX_NAME = 1_000;
const MAX_DEPTH = 64;

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

/** The archive holds what no honest bundle holds; nothing of it is to be used. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** Unpacks plain files and folders of a tar.gz into `target`, which must be new and empty. */
export async function unpack(
  archive: string,
  target: string,
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<void> {
  const tar = extract();
  const feeding = pipeline(createReadStream(archive), createGunzip(), tar, { signal });
  // Awaited below; a rejection before that must not count as unhandled.
  feeding.catch(() => undefined);
  try {
    await writeEntries(tar, target, limits);
    await feeding;
  } catch (error) {
    tar.destroy();
    await feeding.catch(() => undefined);
    signal.throwIfAborted();
    if (error instanceof ArchiveRefused || hasCode(error, 'ENOSPC')) throw error;
    throw new ArchiveRefused('the archive is damaged', { cause: error });
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

async function writeEntries(
  tar: AsyncIterable<Entry>,
  target: string,
  { maxEntries, maxBytes }: UnpackLimits,
): Promise<void> {
  const files = new Set<string>();
  const folders = new Set<string>();
  let entries = 0;
  let bytes = 0;
  for await (const entry of tar) {
    entries += 1;
    if (entries > maxEntries) throw new ArchiveRefused(`more than ${maxEntries} entries`);
    // The header's size is what the reader hands out; no more can follow.
    bytes += entry.header.size ?? 0;
    if (bytes > maxBytes) throw new ArchiveRefused(`more than ${maxBytes} bytes unpacked`);
    const name = safeName(entry.header.name);
    if (entry.header.type === 'directory') await addFolder(name, target, files, folders);
    else await addFile(entry, name, target, files, folders);
    entry.resume();
  }
}

async function addFolder(
  name: string,
  target: string,
  files: ReadonlySet<string>,
  folders: Set<string>,
): Promise<void> {
  if (files.has(name)) throw new ArchiveRefused(`"${shown(name)}" is there twice`);
  folders.add(name);
  if (name !== '') await mkdir(join(target, name), { recursive: true, mode: 0o700 });
}

async function addFile(
  entry: Entry,
  name: string,
  target: string,
  files: Set<string>,
  folders: ReadonlySet<string>,
): Promise<void> {
  const type = entry.header.type ?? 'file';
  if (type !== 'file' && type !== 'contiguous-file') {
    throw new ArchiveRefused(`"${shown(name)}" is a ${type}, not a file or folder`);
  }
  if (name === '' || files.has(name) || folders.has(name)) {
    throw new ArchiveRefused(`"${shown(name)}" is there twice or has no name`);
  }
  files.add(name);
  const path = join(target, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // 'wx' neither follows nor replaces anything, whatever the file system takes for the same name.
  await pipeline(entry, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}

/** The name relative to the target, without `./` and a folder's last slash; '' is the target. */
function safeName(raw: string): string {
  const name = raw.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  if (name === '' || name === '.') return '';
  const bad =
    raw.startsWith('/') ||
    name.length > MAX_NAME ||
    name.split('/').length > MAX_DEPTH ||
    !isInnerPath(name);
  if (bad) throw new ArchiveRefused(`"${shown(raw)}" is not a plain relative name`);
  return name;
}

const shown = (name: string): string => name.replaceAll(/\p{Cc}/gu, '?').slice(0, 100);
