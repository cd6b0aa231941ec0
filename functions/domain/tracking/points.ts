import { AppError } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import type { Point } from './ordered.ts';

/**
 * A segment is what one call logged of one metric, as bytes: the time of the call, then the
 * points, each as the differences of step and timestamp to the point before (the first to the
 * call itself) in variable length, and the eight bytes of the double.
 */
export interface StoredPoint extends Point {
  /** When the server took it, in milliseconds. */
  readonly written: number;
}

export const DOUBLE_BYTES = 8;
/** Two varints of 64 bits and a double. */
const MOST_BYTES = 10 + 10 + DOUBLE_BYTES;

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const zigzag = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
const unzigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n);

/** Differences below it, which nearly all are, are packed and read as doubles: far faster than bigints. */
const SMALL = 2 ** 48;

function putSmall(bytes: Uint8Array, at: number, value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let next = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes[next] = (rest % 0x80) | 0x80;
    next += 1;
  }
  bytes[next] = rest;
  return next + 1;
}

function putVarint(bytes: Uint8Array, at: number, value: bigint): number {
  const small = Number(value);
  if (small > -SMALL && small < SMALL) return putSmall(bytes, at, small);
  let rest = zigzag(value);
  let next = at;
  for (; rest >= 0x80n; rest >>= 7n) {
    bytes[next] = Number(rest & 0x7fn) | 0x80;
    next += 1;
  }
  bytes[next] = Number(rest);
  return next + 1;
}

export const corrupt = (): AppError =>
  new AppError('internal', 'A chunk of metric points is damaged.');

/** What was read of some bytes, and up to where. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readLong(cursor: Cursor): bigint {
  const start = cursor.at;
  let value = 0n;
  while (cursor.at < start + 10) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw corrupt();
    value |= BigInt(byte & 0x7f) << BigInt(7 * (cursor.at - start));
    cursor.at += 1;
    if (byte < 0x80) return unzigzag(value);
  }
  throw corrupt();
}

/** Seven groups of seven bits are exact in a double. */
const MOST_SCALE = 2 ** 42;

/** A difference that a double holds; where it is longer there is none, and the cursor stays. */
export function readSmall(cursor: Cursor): number | undefined {
  const start = cursor.at;
  let value = 0;
  for (let scale = 1; scale <= MOST_SCALE; scale *= 0x80) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw corrupt();
    cursor.at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  cursor.at = start;
  return undefined;
}

function readVarint(cursor: Cursor): bigint {
  const small = readSmall(cursor);
  return small === undefined ? readLong(cursor) : BigInt(small);
}

/** `base` is the time that the chunk began, `now` that of the call. */
export function packSegment(points: readonly Point[], base: number, now: number): Uint8Array {
  const bytes = new Uint8Array(10 + points.length * MOST_BYTES);
  const view = new DataView(bytes.buffer);
  let at = putVarint(bytes, 0, BigInt(now - base));
  let step = 0n;
  let timestamp = BigInt(now);
  for (const point of points) {
    at = putVarint(bytes, at, wrap(point.step - step));
    at = putVarint(bytes, at, wrap(point.timestamp - timestamp));
    view.setFloat64(at, point.value);
    at += DOUBLE_BYTES;
    ({ step, timestamp } = point);
  }
  return bytes.slice(0, at);
}

export function unpackSegment(bytes: Uint8Array, base: number): readonly StoredPoint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor: Cursor = { bytes, at: 0 };
  const written = base + Number(readVarint(cursor));
  const points: StoredPoint[] = [];
  let step = 0n;
  let timestamp = BigInt(written);
  while (cursor.at < bytes.byteLength) {
    step = wrap(step + readVarint(cursor));
    timestamp = wrap(timestamp + readVarint(cursor));
    if (cursor.at + DOUBLE_BYTES > bytes.byteLength) throw corrupt();
    points.push({ step, timestamp, value: view.getFloat64(cursor.at), written });
    cursor.at += DOUBLE_BYTES;
  }
  return points;
}

/** The points of chunks, in the order in which each chunk took them. */
export const pointsOf = (chunks: readonly Item[]): readonly StoredPoint[] =>
  chunks.flatMap((chunk) =>
    ((chunk.points ?? []) as unknown as readonly Uint8Array[]).flatMap((segment) =>
      unpackSegment(segment, chunk.base as number),
    ),
  );
