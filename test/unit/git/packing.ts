/** Packs made by hand, so that they may break the rules. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { openObjects } from '#git/objects.ts';
import type { RepositoryLimits } from '#kernel/repositories.ts';
import { LIMITS } from './support.ts';

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, offset: 6, id: 7 };
export type Type = keyof typeof TYPES;

export interface Entry {
  readonly type: Type;
  readonly bytes: Buffer;
  /** What stands between head and bytes: where the base is. */
  readonly base?: Buffer;
  /** Told instead of the true size. */
  readonly size?: number;
}

function head(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}

export const packed = ({
  type,
  bytes,
  base = Buffer.alloc(0),
  size = bytes.byteLength,
}: Entry): Buffer => Buffer.concat([head(TYPES[type], size), base, deflateSync(bytes)]);

export function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

export function packOf(entries: readonly Entry[], count = entries.length): Buffer {
  const start = Buffer.from('PACK\0\0\0\u0002\0\0\0\0');
  start.writeUInt32BE(count, 8);
  return sealed(Buffer.concat([start, ...entries.map(packed)]));
}

export const idOf = (type: Type, bytes: Buffer): string =>
  createHash('sha1').update(`${type} ${bytes.byteLength}\0`).update(bytes).digest('hex');
export const blob = (text: string): Entry => ({ type: 'blob', bytes: Buffer.from(text) });
export const tree = (...items: readonly (readonly [string, string | Buffer, string])[]): Entry => ({
  type: 'tree',
  bytes: Buffer.concat(
    items.flatMap(([mode, name, id]) => [
      Buffer.from(`${mode} `),
      Buffer.from(name as string),
      Buffer.from(`\0`),
      Buffer.from(id, 'hex'),
    ]),
  ),
});
export const id = ({ type, bytes }: Entry): string => idOf(type, bytes);

/** Sizes, lowest bits first, as differences tell them. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
export const delta = (from: number, to: number, ...steps: readonly number[]): Buffer =>
  Buffer.from([...varint(from), ...varint(to), ...steps]);
/** How far before an entry its base is. */
export const back = (distance: number): Buffer =>
  Buffer.from(distance < 128 ? [distance] : [((distance >> 7) - 1) | 128, distance & 127]);
export const backBy = (entry: Entry): Buffer => back(packed(entry).byteLength);

export const open = (pack: Buffer, limits: Partial<RepositoryLimits> = {}) =>
  openObjects(pack, { ...LIMITS, ...limits }, new AbortController().signal);
