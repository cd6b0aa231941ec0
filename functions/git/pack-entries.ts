import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { malformed, tooLarge } from './refused.ts';

export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';

/** An object as its pack holds it: whole, or as the difference from another. */
export interface PackEntry {
  /** Where its deflated bytes start. */
  readonly at: number;
  /** Of its bytes, inflated. */
  readonly size: number;
  /** Its kind; or where in the pack, or under which id, its base is found. */
  readonly is: ObjectKind | { readonly offset: number } | { readonly id: string };
}

const KINDS: { readonly [type: number]: ObjectKind } = {
  1: 'commit',
  2: 'tree',
  3: 'blob',
  4: 'tag',
};
const [OFFSET_DELTA, ID_DELTA] = [6, 7];
const HEADER = 12;
const ID = 20;
/** Zlib's smallest buffer, and ours: the default of 16 KiB makes large objects slow. */
const [MIN_CHUNK, MAX_CHUNK] = [64, 4 * 1024 * 1024];

const broken = () => malformed('a broken pack');

/** How many objects a pack holds. Throws when it was cut or changed. */
export function countIn(pack: Buffer): number {
  const isPack =
    pack.byteLength >= HEADER + ID &&
    pack.toString('latin1', 0, 4) === 'PACK' &&
    pack.readUInt32BE(4) === 2;
  if (!isPack) throw broken();
  const sum = createHash('sha1').update(pack.subarray(0, -ID)).digest();
  if (!sum.equals(pack.subarray(-ID))) throw broken();
  return pack.readUInt32BE(8);
}

export const FIRST_ENTRY = HEADER;
export const endOf = (pack: Buffer): number => pack.byteLength - ID;

/** Where the base of an entry lies: so far before it, in sevens of bits, each of which counts from 1. */
function baseAt(pack: Buffer, start: number, entry: number) {
  let [at, distance] = [start, -1];
  for (;;) {
    const byte = pack[at] ?? 0;
    distance = (distance + 1) * 0x80 + (byte & 0x7f);
    at += 1;
    if (byte < 0x80) break;
    if (distance > pack.byteLength) throw broken();
  }
  if (distance < 1 || entry - distance < FIRST_ENTRY) throw broken();
  return { at, offset: entry - distance };
}

/** Reads the head of the entry at an offset. */
export function entryAt(pack: Buffer, offset: number, maxBytes: number): PackEntry {
  let byte = pack[offset] ?? 0;
  const type = (byte >> 4) & 0b111;
  let size = byte & 0b1111;
  let at = offset + 1;
  for (let factor = 0x10; byte >= 0x80; factor *= 0x80) {
    byte = pack[at] ?? 0;
    size += (byte & 0x7f) * factor;
    at += 1;
    if (size > maxBytes) throw tooLarge(maxBytes, 'bytes in one file');
  }
  if (at >= endOf(pack)) throw broken();
  const kind = KINDS[type];
  if (kind !== undefined) return { at, size, is: kind };
  if (type === OFFSET_DELTA) {
    const base = baseAt(pack, at, offset);
    return { at: base.at, size, is: { offset: base.offset } };
  }
  if (type !== ID_DELTA) throw broken();
  return { at: at + ID, size, is: { id: pack.toString('hex', at, at + ID) } };
}

/** What Node gives for `info`, which its types leave out. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** The bytes of an entry, never more than its head tells; and where the next entry starts. */
export function inflateEntry(pack: Buffer, { at, size }: PackEntry) {
  try {
    const { buffer, engine } = inflateSync(pack.subarray(at, endOf(pack)), {
      info: true,
      maxOutputLength: Math.max(size, 1),
      chunkSize: Math.min(Math.max(size, MIN_CHUNK), MAX_CHUNK),
    }) as unknown as Inflated;
    if (buffer.byteLength === size) return { bytes: buffer, end: at + engine.bytesWritten };
  } catch {
    // Told below, like a size that is wrong.
  }
  throw broken();
}

export const idOf = (kind: ObjectKind, bytes: Buffer): string =>
  createHash('sha1').update(`${kind} ${bytes.byteLength}\0`).update(bytes).digest('hex');
