import { setImmediate } from 'node:timers/promises';
import type { RepositoryLimits } from '#kernel/repositories.ts';
import { applyDelta, deltaSizes } from './delta.ts';
import {
  countIn,
  endOf,
  entryAt,
  FIRST_ENTRY,
  idOf,
  inflateEntry,
  type ObjectKind,
  type PackEntry,
} from './pack-entries.ts';
import { malformed, tooLarge } from './refused.ts';

interface GitObject {
  readonly kind: ObjectKind;
  readonly bytes: Buffer;
}

/** The objects of a pack by their ids. */
export interface Objects {
  /** The size of an object's bytes. Throws when it is not there. */
  sizeOf(id: string): number;
  read(id: string, kind: ObjectKind): Promise<Buffer>;
}

/** Work between two looks at the clock, which let others have their turn, in bytes. */
const PAUSE_BYTES = 4 * 1024 * 1024;
/** What each object costs beside its bytes. */
const OBJECT_BYTES = 1_000;
/** Objects that others differ from, in memory. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Counts work, and pauses from time to time. Throws the signal's reason once it is aborted. */
function pacer(signal: AbortSignal) {
  let done = 0;
  return async (bytes: number): Promise<void> => {
    done += bytes + OBJECT_BYTES;
    if (done < PAUSE_BYTES) return;
    done = 0;
    await setImmediate();
    signal.throwIfAborted();
  };
}

/** The objects that were used last. */
function createKept() {
  const objects = new Map<number, GitObject>();
  let bytes = 0;
  const drop = (offset: number): void => {
    bytes -= objects.get(offset)?.bytes.byteLength ?? 0;
    objects.delete(offset);
  };
  return {
    get(offset: number): GitObject | undefined {
      const found = objects.get(offset);
      if (found === undefined) return undefined;
      objects.delete(offset);
      objects.set(offset, found);
      return found;
    },
    set(offset: number, object: GitObject): void {
      drop(offset);
      objects.set(offset, object);
      bytes += object.bytes.byteLength;
      for (const oldest of objects.keys()) {
        if (bytes <= KEPT_BYTES) return;
        drop(oldest);
      }
    },
  };
}

interface Placed {
  readonly offset: number;
  readonly kind: ObjectKind;
  readonly size: number;
}

/** What the steps of one pack share. */
interface Work {
  readonly pack: Buffer;
  readonly limits: RepositoryLimits;
  readonly pace: (bytes: number) => Promise<void>;
  readonly placed: Map<string, Placed>;
}

/** Looks through the whole pack: places what is whole, and answers where the differences are. */
async function placeWhole({ pack, limits, pace, placed }: Work): Promise<readonly number[]> {
  const count = countIn(pack);
  if (count > limits.maxObjects) throw tooLarge(limits.maxObjects, 'files and folders');
  const differences: number[] = [];
  let unpacked = 0;
  let offset = FIRST_ENTRY;
  for (let index = 0; index < count; index += 1) {
    const entry = entryAt(pack, offset, limits.maxObjectBytes);
    const { bytes, end } = inflateEntry(pack, entry);
    let size = bytes.byteLength;
    if (typeof entry.is === 'string') {
      placed.set(idOf(entry.is, bytes), { offset, kind: entry.is, size });
    } else {
      differences.push(offset);
      size = deltaSizes(bytes).to;
      if (size > limits.maxObjectBytes) {
        throw tooLarge(limits.maxObjectBytes, 'bytes in one file');
      }
    }
    unpacked += size;
    if (unpacked > limits.maxUnpackedBytes) throw tooLarge(limits.maxUnpackedBytes, 'bytes');
    await pace(bytes.byteLength);
    offset = end;
  }
  if (offset !== endOf(pack)) throw malformed('a broken pack');
  return differences;
}

/** Puts objects together, each from the last whole one that its differences lead back to. */
function createAssembler({ pack, limits, pace, placed }: Work) {
  const kept = createKept();
  return async (wanted: number): Promise<GitObject | undefined> => {
    const differences: (readonly [number, Buffer])[] = [];
    let object: GitObject | undefined;
    for (let offset: number | undefined = wanted; object === undefined; ) {
      if (offset === undefined) return undefined;
      const entry: PackEntry = entryAt(pack, offset, limits.maxObjectBytes);
      object = kept.get(offset);
      if (object !== undefined) break;
      const { bytes } = inflateEntry(pack, entry);
      await pace(bytes.byteLength);
      if (typeof entry.is === 'string') {
        object = { kind: entry.is, bytes };
        kept.set(offset, object);
      } else {
        differences.push([offset, bytes]);
        offset = 'offset' in entry.is ? entry.is.offset : placed.get(entry.is.id)?.offset;
      }
    }
    for (const [offset, delta] of differences.reverse()) {
      object = { kind: object.kind, bytes: applyDelta(object.bytes, delta) };
      await pace(object.bytes.byteLength);
      kept.set(offset, object);
    }
    return object;
  };
}

/** Reads a pack. Throws for whatever breaks its rules or the limits. */
export async function openObjects(
  pack: Buffer,
  limits: RepositoryLimits,
  signal: AbortSignal,
): Promise<Objects> {
  const placed = new Map<string, Placed>();
  const work: Work = { pack, limits, pace: pacer(signal), placed };
  const assemble = createAssembler(work);
  let waiting = await placeWhole(work);
  // A base may stand behind what differs from it, so each round finds more of them.
  for (let before = Number.POSITIVE_INFINITY; waiting.length > 0; ) {
    if (waiting.length >= before) throw malformed('a pack with differences from nothing');
    before = waiting.length;
    const still: number[] = [];
    for (const offset of waiting) {
      const object = await assemble(offset);
      if (object === undefined) still.push(offset);
      else {
        const { kind, bytes } = object;
        placed.set(idOf(kind, bytes), { offset, kind, size: bytes.byteLength });
      }
    }
    waiting = still;
  }
  const find = (id: string): Placed => {
    const found = placed.get(id);
    if (found === undefined) throw malformed('a pack that lacks something');
    return found;
  };
  return {
    sizeOf: (id) => find(id).size,
    async read(id, kind) {
      const { offset, kind: is } = find(id);
      const object = is === kind ? await assemble(offset) : undefined;
      if (object === undefined) throw malformed(`no ${kind} where one is named`);
      return object.bytes;
    },
  };
}
