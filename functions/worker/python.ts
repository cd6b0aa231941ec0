import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import type { Program } from './sandbox/launch.ts';
import type { JobDirs } from './work-dir.ts';

/** How a claim's program is started; a job's files are in place by then. */
export type Runtime = (claim: JobClaim, dirs: JobDirs) => Program;

const runnerOf = (runtime: JobClaim['runtime']): string =>
  fileURLToPath(new URL(`runtimes/${runtime}/runner.py`, import.meta.url));

/** The interpreter of a pool's environment: given itself, or as the environment's folder. */
export function findPython(given: string): string {
  const candidates = isFolder(given)
    ? ['bin/python3', 'bin/python', 'Scripts/python.exe'].map((file) => join(given, file))
    : [given];
  const found = candidates.find(isExecutable);
  if (found === undefined) throw new Error(`There is no Python at ${given}.`);
  return found;
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !isFolder(path);
  } catch {
    return false;
  }
}

/** Runs jobs by the runners beside this file, on what is installed in the given Python. */
export const pythonRuntime =
  (python: string, runner?: string): Runtime =>
  ({ runtime }, dirs) => ({ command: python, args: [runner ?? runnerOf(runtime), dirs.root] });
