import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Blobs } from '#kernel/blobs.ts';
import { unavailable } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';

export interface FilesOptions {
  readonly blobs: Pick<Blobs, 'stream'>;
  /** Of this process alone; what is in it may be thrown away at any start. */
  readonly folder: string;
  /** How much the files may take, all together. */
  readonly maxBytes: number;
  /** Fetched at the same time; 8 when missing. */
  readonly parallel?: number;
}

/** Objects as files, as long as they are held. */
export interface Held {
  /** Where each object lies, by its key. */
  readonly paths: ReadonlyMap<string, string>;
  /** Keys of which there is no object (any more). */
  readonly gone: readonly string[];
  release(): void;
}

/**
 * Copies of objects in a folder, for an engine that reads files. An object must never change under its key.
 * What nobody holds goes when room is needed, the longest unused first.
 */
export interface Files {
  /** Fetches what is not there yet. Throws `unavailable` when more is held than there is room for. */
  hold(keys: readonly string[]): Promise<Held>;
}

interface Copy {
  /** Of this copy alone: one that goes must not take its successor along. */
  readonly path: string;
  bytes: number;
  holders: number;
  /** `false` where there was no object. */
  fetched: Promise<boolean>;
}

/** The ending is kept, which tells engines the format. */
const newName = (key: string): string =>
  `${randomUUID()}${/(?:\.[a-z]{2,8})+$/.exec(basename(key))?.[0] ?? ''}`;

async function fetchTo(blobs: FilesOptions['blobs'], key: string, path: string): Promise<boolean> {
  const content = await blobs.stream(key);
  if (content === undefined) return false;
  try {
    await pipeline(content, createWriteStream(path));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return true;
}

/** At most so many at a time, in the order of arrival. */
function limited(parallel: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= parallel) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** Opens the folder, which is emptied or made with the first object. */
export function openFiles({ blobs, folder, maxBytes, parallel = 8 }: FilesOptions): Files {
  const copies = new Map<string, Copy>();
  const inTurn = limited(parallel);
  let total = 0;
  const ready = loadOnce(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  });

  const drop = async (key: string, copy: Copy): Promise<void> => {
    copies.delete(key);
    total -= copy.bytes;
    await rm(copy.path, { force: true });
  };

  async function makeRoom(): Promise<void> {
    for (const [key, copy] of copies) {
      if (total <= maxBytes) return;
      if (copy.holders === 0) await drop(key, copy);
    }
    if (total > maxBytes) {
      throw unavailable('More has to be read at once than there is room for; ask for less.');
    }
  }

  async function load(key: string, copy: Copy): Promise<boolean> {
    await ready();
    if (!(await inTurn(() => fetchTo(blobs, key, copy.path)))) return false;
    copy.bytes = (await stat(copy.path)).size;
    total += copy.bytes;
    await makeRoom();
    return true;
  }

  /** The copy, moved to the end of the line of those that go, and held. */
  function grasp(key: string): Copy {
    const known = copies.get(key);
    const path = join(folder, newName(key));
    const copy = known ?? { path, bytes: 0, holders: 0, fetched: Promise.resolve(false) };
    copies.delete(key);
    copies.set(key, copy);
    copy.holders += 1;
    if (known === undefined) copy.fetched = load(key, copy);
    return copy;
  }

  async function letGo(key: string, copy: Copy, keep: boolean): Promise<void> {
    copy.holders -= 1;
    if (!keep && copies.get(key) === copy) await drop(key, copy);
  }

  return {
    async hold(keys) {
      const grasped = [...new Set(keys)].map((key) => ({ key, copy: grasp(key) }));
      const fetched = await Promise.allSettled(grasped.map(({ copy }) => copy.fetched));
      const failure = fetched.find((outcome) => outcome.status === 'rejected');
      const isThere = (index: number): boolean => {
        const outcome = fetched[index];
        return outcome?.status === 'fulfilled' && outcome.value;
      };
      const absent = grasped.filter((_, index) => !isThere(index));
      await Promise.all(absent.map(({ key, copy }) => letGo(key, copy, false)));
      const held = grasped.filter((_, index) => isThere(index));
      const release = (): void => {
        for (const { key, copy } of held.splice(0)) void letGo(key, copy, true);
      };
      if (failure !== undefined) {
        release();
        throw failure.reason;
      }
      return {
        paths: new Map(held.map(({ key, copy }) => [key, copy.path])),
        gone: absent.map(({ key }) => key),
        release,
      };
    },
  };
}
