import { AppError } from '#kernel/errors.ts';
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

const DOUBLE_BYTES = 8;
/** Two varints of 64 bits and a double. */
const MOST_BYTES = 10 + 10 + DOUBLE_BYTES;

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const zigzag = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
const unzigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n);

function putVarint(bytes: Uint8Array, at: number, value: bigint): number {
  let rest = zigzag(value);
  let next = at;
  for (; rest >= 0x80n; rest >>= 7n) {
    bytes[next] = Number(rest & 0x7fn) | 0x80;
    next += 1;
  }
  bytes[next] = Number(rest);
  return next + 1;
}

const corrupt = (): AppError => new AppError('internal', 'A chunk of metric points is damaged.');

function readVarint(
  bytes: Uint8Array,
  at: number,
): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let next = at; next < at + 10; next += 1) {
    const byte = bytes[next];
    if (byte === undefined) throw corrupt();
    value |= BigInt(byte & 0x7f) << BigInt(7 * (next - at));
    if (byte < 0x80) return { value: unzigzag(value), next: next + 1 };
  }
  throw corrupt();
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
  const call = readVarint(bytes, 0);
  const written = base + Number(call.value);
  const points: StoredPoint[] = [];
  let at = call.next;
  let step = 0n;
  let timestamp = BigInt(written);
  while (at < bytes.byteLength) {
    const stepBy = readVarint(bytes, at);
    const timeBy = readVarint(bytes, stepBy.next);
    if (timeBy.next + DOUBLE_BYTES > bytes.byteLength) throw corrupt();
    step = wrap(step + stepBy.value);
    timestamp = wrap(timestamp + timeBy.value);
    points.push({ step, timestamp, value: view.getFloat64(timeBy.next), written });
    at = timeBy.next + DOUBLE_BYTES;
  }
  return points;
}
