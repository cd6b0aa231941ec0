import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import type { Launcher } from './launch.ts';

export interface IsolationWish {
  /** Where to look for `setpriv`. */
  readonly path: string;
  /** First of the user ids for jobs, one for each slot; without it jobs keep the consumer's. */
  readonly uidBase?: number | undefined;
}

/** The strongest launcher that is at hand; what was asked for is never quietly left out. */
export function chooseLauncher({ path, uidBase }: IsolationWish): (slot: number) => Launcher {
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
  return (slot) => {
    const id = uidBase + slot;
    return { kind: 'isolated', setpriv, identity: { uid: id, gid: id } };
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
