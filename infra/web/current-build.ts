/** A build that is made once and kept until its sources change. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../local/lock.ts';

export interface KeptBuild {
  /** What it is made of: folders with all that is in them, and files. */
  readonly sources: readonly string[];
  readonly folder: string;
  readonly build: (folder: string) => Promise<void>;
  /** Before it is made. */
  readonly onBuild: () => void;
}

/** The folder of the build, as its sources are now; who comes while it is being made waits for it. */
export async function currentBuild({
  sources,
  folder,
  build,
  onBuild,
}: KeptBuild): Promise<string> {
  const stampFile = `${folder}.stamp`;
  const wanted = await stampOf(sources);
  const isCurrent = async (): Promise<boolean> =>
    (await readFile(stampFile, 'utf8').catch(() => '')) === wanted && (await isThere(folder));
  if (await isCurrent()) return folder;
  return withLock(`${folder}.lock`, async () => {
    if (await isCurrent()) return folder;
    onBuild();
    // Built beside and moved, so that nobody reads half of it.
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    await build(fresh);
    await rm(stampFile, { force: true });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    await writeFile(stampFile, wanted);
    return folder;
  });
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Names what is in files and folders. */
async function stampOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of (await Promise.all(sources.map(filesBelow))).flat()) {
    const content = await readFile(path);
    hash.update(`${path}:${content.byteLength}:`).update(content);
  }
  return hash.digest('hex');
}

async function filesBelow(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
}
