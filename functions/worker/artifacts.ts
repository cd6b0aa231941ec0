import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  ArtifactPath,
  FinishedArtifact,
  type JobClaim,
  MAX_ARTIFACTS,
  MAX_DIRECTORY_FILES,
} from '#domain/jobs/protocol.ts';
import { JobFailure } from './failure.ts';
import type { ResultArtifact } from './result.ts';
import type { JobDirs } from './work-dir.ts';

/** A file on disk and its place below the run's artifacts. */
export interface UploadFile {
  readonly path: string;
  readonly file: string;
  readonly size: number;
  /** It is the directory `path` as one archive, which has a place of its own. */
  readonly bundle?: boolean;
}

export interface CollectedArtifact {
  readonly finished: FinishedArtifact;
  readonly files: readonly UploadFile[];
}

/** Finds the files of what the child says it made; it is not trusted about where they lie. */
export async function collectArtifacts(
  claim: JobClaim,
  dirs: JobDirs,
  results: readonly ResultArtifact[],
): Promise<CollectedArtifact[]> {
  if (results.length > MAX_ARTIFACTS) {
    throw new JobFailure('task_failed', `A job stores at most ${MAX_ARTIFACTS} artifacts.`);
  }
  const outputs = await realpath(dirs.outputs);
  const collected: CollectedArtifact[] = [];
  const names = new Set<string>();
  for (const result of results) {
    if (names.has(result.name)) throw refused(result.name, 'it was handed over twice');
    names.add(result.name);
    collected.push(await collect(claim, outputs, result));
  }
  return collected;
}

const refused = (name: string, why: string): JobFailure =>
  new JobFailure('task_failed', `The artifact ${JSON.stringify(name.slice(0, 100))}: ${why}.`);

async function collect(
  claim: JobClaim,
  outputs: string,
  { name, path: given, isDir }: ResultArtifact,
): Promise<CollectedArtifact> {
  const tasks = claim.runtime === 'dioptra' ? claim.artifactTasks : {};
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) throw refused(name, 'the job has no artifact task of that name');
  const real = await resolveInside(name, outputs, resolve(outputs, given));
  const found = await stat(real);
  if (isDir !== found.isDirectory()) throw refused(name, 'it is not of the kind it was said to be');
  const path = `${name}/${basename(given)}`;
  const files = isDir
    ? await filesBelow(name, outputs, real, path)
    : [await fileAt(name, real, path)];
  const finished = FinishedArtifact.safeParse({
    name,
    path,
    isDir,
    size: files.reduce((sum, { size }) => sum + size, 0),
    pluginSnapshotId: task.pluginSnapshotId,
    taskId: task.taskId,
  });
  if (!finished.success) throw refused(name, 'its name or path cannot be stored');
  return { finished: finished.data, files };
}

/** Where the path really leads; it must not leave the outputs, through whatever links. */
async function resolveInside(name: string, outputs: string, path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw refused(name, 'its file does not exist');
  const inside = relative(outputs, real);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw refused(name, 'it lies outside the output folder of the job');
  }
  return real;
}

async function fileAt(name: string, file: string, path: string): Promise<UploadFile> {
  const found = await lstat(file);
  if (!found.isFile()) throw refused(name, 'it holds something else than files and folders');
  if (!ArtifactPath.safeParse(path).success) {
    throw refused(name, `the file name ${JSON.stringify(basename(path))} cannot be stored`);
  }
  return { path, file, size: found.size };
}

async function filesBelow(
  name: string,
  outputs: string,
  root: string,
  path: string,
): Promise<UploadFile[]> {
  const files: UploadFile[] = [];
  const pending: (readonly [folder: string, path: string])[] = [[root, path]];
  let folders = 1;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [folder, at] = next;
    // Entry by entry: a folder may have more of them than memory holds.
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      const below = `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        folders += 1;
        pending.push([join(folder, entry.name), below]);
      } else {
        files.push(await entryAt(name, outputs, folder, entry, below));
      }
      if (files.length > MAX_DIRECTORY_FILES)
        throw refused(name, `it has more than ${MAX_DIRECTORY_FILES} files`);
      if (folders > MAX_DIRECTORY_FILES)
        throw refused(name, `it has more than ${MAX_DIRECTORY_FILES} folders`);
    }
  }
  return files;
}

async function entryAt(
  name: string,
  outputs: string,
  folder: string,
  entry: Dirent,
  path: string,
): Promise<UploadFile> {
  const file = join(folder, entry.name);
  // A link to a file of the job counts as a copy of it; one to a folder may lead in circles.
  const real = entry.isSymbolicLink() ? await resolveInside(name, outputs, file) : file;
  return fileAt(name, real, path);
}
