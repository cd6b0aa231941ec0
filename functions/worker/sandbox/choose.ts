import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import type { Launcher } from './launch.ts';

export interface IsolationWish {
  /** Where to look for `setpriv`. */
  readonly path: string;
  /** First of the 50,001 user ids for jobs and their warden; without it jobs keep the consumer's. */
  readonly uidBase?: number | undefined;
}

/**
 * An id comes back only after so many jobs, and stays below the 65,536 of a user namespace; so does
 * the one after them, which is the warden's.
 */
const JOB_UIDS = 50_000;

/**
 * The strongest launcher that is at hand, for each job anew; what was asked for is never quietly
 * left out.
 */
export function chooseLauncher({ path, uidBase }: IsolationWish): () => Launcher {
  const setpriv = path
    .split(delimiter)
    .map((dir) => join(dir, 'setpriv'))
    .find(isExecutable);
  if (uidBase === undefined) {
    const launcher: Launcher =
      setpriv === undefined ? { kind: 'plain' } : { kind: 'guarded', setpriv };
    return () => launcher;
  }
  if (setpriv === undefined) throw new Error('Jobs with users of their own need setpriv.');
  if (process.getuid?.() !== 0) throw new Error('Jobs with users of their own need root.');
  const warden = uidBase + JOB_UIDS;
  let jobs = 0;
  return () => {
    const id = uidBase + (jobs % JOB_UIDS);
    jobs += 1;
    return { kind: 'isolated', setpriv, identity: { uid: id, gid: id, warden } };
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
