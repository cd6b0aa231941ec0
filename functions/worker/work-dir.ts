import { execFile } from 'node:child_process';
import type { Dirent } from 'node:fs';
import {
  chmod,
  lchown,
  mkdir,
  mkdtemp,
  opendir,
  readdir,
  rm,
  rmdir,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Identity } from './sandbox/identity.ts';

/** The folders of one attempt; the runtime's contract with its child. */
export interface JobDirs {
  readonly root: string;
  readonly plugins: string;
  readonly artifactPlugins: string;
  readonly inputs: string;
  /** The child's working directory; artifacts are taken from here only. */
  readonly outputs: string;
  readonly tmp: string;
}

const PREFIX = 'consumer-';

const runProgram = promisify(execFile);

/** Makes the folder of this consumer and clears up after consumers that were killed. */
export async function prepareBaseDir(baseDir: string): Promise<string> {
  await mkdir(baseDir, { recursive: true, mode: 0o711 });
  for (const name of await readdir(baseDir)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN);
    // In a container every consumer has the same id, the killed one before us, too.
    const gone = Number.isInteger(pid) && (pid === process.pid || !isAlive(pid));
    // Jobs of theirs may still run.
    if (gone) await removeAll(join(baseDir, name));
  }
  const own = join(baseDir, `${PREFIX}${process.pid}`);
  await mkdir(own, { recursive: true });
  // Jobs under users of their own pass through, but see no neighbour.
  await chmod(own, 0o711);
  return own;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

export async function createWorkDir(
  base: string,
  jobId: number,
  attempt: number,
): Promise<JobDirs> {
  // mkdtemp makes it with mode 0700.
  const root = await mkdtemp(join(base, `job-${jobId}-${attempt}-`));
  const dirs = {
    root,
    plugins: join(root, 'plugins'),
    artifactPlugins: join(root, 'artifact-plugins'),
    inputs: join(root, 'inputs'),
    outputs: join(root, 'outputs'),
    tmp: join(root, 'tmp'),
  };
  for (const dir of Object.values(dirs).slice(1)) await mkdir(dir, { mode: 0o700 });
  return dirs;
}

/** Gives the folder and all in it to the child's user. */
export async function handOver(root: string, { uid, gid }: Identity): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries) await lchown(join(parentPath, name), uid, gid);
  await lchown(root, uid, gid);
}

/**
 * Removes it, also where the job took rights away from itself. The system's own programs do, which hold
 * one folder at a time: ours would hold a million names at once, and knows no path longer than 4,096.
 */
async function removeAll(dir: string): Promise<void> {
  const remove = () => runProgram('rm', ['-rf', '--', dir]);
  try {
    await remove();
  } catch (error) {
    if (isMissingProgram(error)) return rm(dir, { recursive: true, force: true, maxRetries: 3 });
    await runProgram('chmod', ['-R', 'u+rwX', '--', dir]).catch(() => undefined);
    await remove();
  }
}

const isMissingProgram = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** To start a program takes as long as to remove so many entries, or as a short job itself. */
const FEW_ENTRIES = 200;

/** Removes a folder with at most so many entries; gives how many more it could be, below 0 if it has more. */
async function removeFew(dir: string, most: number): Promise<number> {
  const entries: Dirent[] = [];
  for await (const entry of await opendir(dir)) {
    entries.push(entry);
    if (entries.length > most) return -1;
  }
  let left = most - entries.length;
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) left = await removeFew(path, left);
    else await unlink(path);
    if (left < 0) return left;
  }
  await rmdir(dir);
  return left;
}

/**
 * Removes the folder of an attempt of which no process is left, or none but such as have our own rights:
 * it could put a link in the place of a folder meanwhile, which we would follow and `rm` does not.
 */
export async function removeDir(dir: string): Promise<void> {
  const left = await removeFew(dir, FEW_ENTRIES).catch(() => -1);
  if (left < 0) await removeAll(dir);
}
