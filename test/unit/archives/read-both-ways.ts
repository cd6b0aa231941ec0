/** One archive, read from memory, from a file, and unpacked to a folder. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSource } from '#archives/archive-source.ts';
import { fileSource } from '#archives/file-source.ts';
import { readArchive, UPLOAD_LIMITS } from '#archives/read-archive.ts';
import { ArchiveRefused, type EntryLimits } from '#kernel/archive-entries.ts';
import { unpack } from '#worker/unpack.ts';

/** Contents by path, in order; a folder ends with a slash. */
export type Tree = readonly (readonly [path: string, contents: string])[];

const everything = () => true;
const sorted = (tree: Tree): Tree => tree.toSorted(([a], [b]) => (a < b ? -1 : 1));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

async function treeOf(source: Parameters<typeof readArchive>[0], limits: EntryLimits) {
  const { paths, files } = await readArchive(source, everything, { limits });
  return sorted(
    [...paths].map(([path, kind]) =>
      kind === 'directory' ? [`${path}/`, ''] : [path, text(files.get(path) ?? Buffer.from('?'))],
    ),
  );
}

/** All that is in a folder, files and folders. */
export function treeIn(folder: string): Tree {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return sorted(
    found.map((entry) => {
      const place = join(entry.parentPath, entry.name);
      const path = place.slice(folder.length + 1);
      if (entry.isDirectory()) return [`${path}/`, ''];
      return [path, entry.isFile() ? text(readFileSync(place)) : 'something else'];
    }),
  );
}

export interface Read {
  /** What each of the two gave, or why it refused. */
  readonly memory: Tree | string;
  readonly file: Tree | string;
  /** What is on disk afterwards below the folder that holds the target, which `unpack` makes. */
  readonly disk: Tree;
  readonly wasWritten: boolean;
  /** Why unpacking was refused, if it was. */
  readonly unpacking: string | undefined;
}

const refusal = (error: unknown): string => {
  if (error instanceof ArchiveRefused) return error.message;
  throw error;
};

export async function readBothWays(bytes: Uint8Array, limits = UPLOAD_LIMITS): Promise<Read> {
  const dir = mkdtempSync(join(tmpdir(), 'assay-archive-'));
  try {
    const [archive, around] = [join(dir, 'archive'), join(dir, 'around')];
    await writeFile(archive, bytes);
    const memory = await treeOf(bytesSource(bytes), limits).catch(refusal);
    const file = await treeOf(await fileSource(archive), limits).catch(refusal);
    const { signal } = new AbortController();
    const unpacking = unpack(archive, join(around, 'target'), limits, signal);
    const unpacked = await unpacking.then(() => undefined, refusal);
    const names = readdirSync(dir);
    if (names.some((name) => name !== 'archive' && name !== 'around')) {
      throw new Error(`Something was written outside: ${names.join()}`);
    }
    const wasWritten = names.includes('around');
    const disk = wasWritten ? treeIn(around) : [];
    return { memory, file, disk, wasWritten, unpacking: unpacked };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
