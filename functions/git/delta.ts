import { malformed } from './refused.ts';

const broken = () => malformed('a broken difference');

/** A size in sevens of bits, the lowest first, and where it ends. */
function sizeAt(bytes: Buffer, at: number): readonly [number, number] {
  let size = 0;
  for (let index = 0; index < 7; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return [size, at + index + 1];
  }
  throw broken();
}

/** The sizes that a delta tells: of what it starts from, and of what it makes. */
export function deltaSizes(delta: Buffer) {
  const [from, next] = sizeAt(delta, 0);
  const [to, start] = sizeAt(delta, next);
  return { from, to, start };
}

/** Offset and length of a copy: each of their bytes is there where its bit is set, else it is 0. */
function copyAt(delta: Buffer, at: number, bits: number) {
  let next = at;
  const number = (from: number, count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      if ((bits & (1 << (from + index))) === 0) continue;
      value += (delta[next] ?? Number.NaN) * 2 ** (8 * index);
      next += 1;
    }
    return value;
  };
  const offset = number(0, 4);
  const length = number(4, 3);
  return { offset, length: length === 0 ? 0x1_00_00 : length, next };
}

/** Makes an object from another and its difference. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const { from, to, start } = deltaSizes(delta);
  if (from !== base.byteLength) throw broken();
  const made = Buffer.alloc(to);
  let [at, filled] = [start, 0];
  while (at < delta.byteLength) {
    const bits = delta[at] ?? 0;
    const copy = bits >= 0x80 ? copyAt(delta, at + 1, bits) : undefined;
    const source = copy === undefined ? delta : base;
    const offset = copy?.offset ?? at + 1;
    const length = copy?.length ?? bits;
    const isInside = offset + length <= source.byteLength && filled + length <= to;
    if (length === 0 || !isInside) throw broken();
    source.copy(made, filled, offset, offset + length);
    filled += length;
    at = copy?.next ?? offset + length;
  }
  if (filled !== to) throw broken();
  return made;
}
