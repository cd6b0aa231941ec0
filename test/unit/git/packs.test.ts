import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openObjects } from '#git/objects.ts';
import { entriesOf, treeOf } from '#git/tree.ts';
import type { PackedEntry } from '#kernel/archive-entries.ts';
import { unavailable } from '#kernel/errors.ts';
import { type RepositoryLimits, RepositoryRefused } from '#kernel/repositories.ts';
import { LIMITS } from './support.ts';

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, offset: 6, id: 7 };
type Type = keyof typeof TYPES;

interface Entry {
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

const packed = ({ type, bytes, base = Buffer.alloc(0), size = bytes.byteLength }: Entry): Buffer =>
  Buffer.concat([head(TYPES[type], size), base, deflateSync(bytes)]);

function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function packOf(entries: readonly Entry[], count = entries.length): Buffer {
  const start = Buffer.from('PACK\0\0\0\u0002\0\0\0\0');
  start.writeUInt32BE(count, 8);
  return sealed(Buffer.concat([start, ...entries.map(packed)]));
}

const idOf = (type: Type, bytes: Buffer): string =>
  createHash('sha1').update(`${type} ${bytes.byteLength}\0`).update(bytes).digest('hex');
const blob = (text: string): Entry => ({ type: 'blob', bytes: Buffer.from(text) });
const tree = (...items: readonly (readonly [string, string | Buffer, string])[]): Entry => ({
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
const id = ({ type, bytes }: Entry): string => idOf(type, bytes);

/** Sizes, lowest bits first, as differences tell them. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const delta = (from: number, to: number, ...steps: readonly number[]): Buffer =>
  Buffer.from([...varint(from), ...varint(to), ...steps]);
/** How far before an entry its base is. */
const back = (distance: number): Buffer =>
  Buffer.from(distance < 128 ? [distance] : [((distance >> 7) - 1) | 128, distance & 127]);
const backBy = (entry: Entry): Buffer => back(packed(entry).byteLength);

const open = (pack: Buffer, limits: Partial<RepositoryLimits> = {}) =>
  openObjects(pack, { ...LIMITS, ...limits }, new AbortController().signal);

const base = blob('hello world');
const named = (entry: Entry): Buffer => Buffer.from(id(entry), 'hex');
const made = idOf('blob', Buffer.from('hello you'));
/** `hello ` from its base, and `you`. */
const steps = [0b1001_0000, 6, 3, ...Buffer.from('you')];
const difference = (more: Partial<Entry> = {}): Entry => ({
  type: 'offset',
  bytes: delta(11, 9, ...steps),
  base: backBy(base),
  ...more,
});

describe('a pack', () => {
  it.each([
    ['before it', [base, difference()]],
    ['by its id', [base, difference({ type: 'id', base: named(base) })]],
    ['behind it', [difference({ type: 'id', base: named(base) }), base]],
  ])('holds differences from what stands %s', async (_, entries) => {
    const objects = await open(packOf(entries));

    expect(String(await objects.read(made, 'blob'))).toBe('hello you');
    expect(objects.sizeOf(made)).toBe(9);
    await expect(objects.read(made, 'tree')).rejects.toThrow(/no tree where/);
    expect(() => objects.sizeOf('0'.repeat(40))).toThrow(/lacks/);
  });

  const good = packOf([base, difference()]);
  const resealed = (change: (body: Buffer) => void): Buffer => {
    const body = Buffer.from(good.subarray(0, -20));
    change(body);
    return sealed(body);
  };

  it.each<readonly [string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['is no pack', sealed(Buffer.from('KCAP\0\0\0\u0002\0\0\0\0'))],
    ['is of a later version', resealed((body) => void body.writeUInt32BE(3, 4))],
    ['was changed', Buffer.from(good).fill(0xff, 30, 31)],
    ['was cut', good.subarray(0, -1)],
    ['was cut and sealed', sealed(good.subarray(0, -25))],
    ['has more behind its end', sealed(Buffer.concat([good.subarray(0, -20), Buffer.alloc(3)]))],
    ['tells too few entries', packOf([base, difference()], 1)],
    ['tells too many entries', packOf([base, difference()], 3)],
    ['tells four thousand million entries', packOf([base], 0xffff_ffff)],
    ['has an entry of no type', resealed((body) => void body.writeUInt8(0x5b, 12))],
    ['tells too small a size', packOf([{ ...base, size: 10 }])],
    ['tells too large a size', packOf([{ ...base, size: 12 }])],
    ['tells that what is there is not', packOf([{ ...base, size: 0 }])],
    ['tells an enormous size', packOf([{ ...base, size: 2 ** 45 }])],
    [
      'differs from what is not there',
      packOf([base, difference({ type: 'id', base: Buffer.alloc(20) })]),
    ],
    ['differs from itself', packOf([difference({ type: 'id', base: Buffer.from(made, 'hex') })])],
    ['differs from what stands behind', packOf([base, difference({ base: Buffer.from([0]) })])],
    [
      'differs from before its start',
      packOf([base, difference({ base: Buffer.from([0xff, 0x7f]) })]),
    ],
    ['differs from far before', packOf([base, difference({ base: Buffer.alloc(30, 0xff) })])],
    ['differs from the middle of an entry', packOf([base, difference({ base: Buffer.from([3]) })])],
    ['differs by nothing', packOf([base, difference({ bytes: Buffer.alloc(0) })])],
    [
      'differs by sizes without an end',
      packOf([base, difference({ bytes: Buffer.alloc(9, 0xff) })]),
    ],
    ['differs from another size', packOf([base, difference({ bytes: delta(12, 9, ...steps) })])],
    ['makes less than it tells', packOf([base, difference({ bytes: delta(11, 10, ...steps) })])],
    ['makes more than it tells', packOf([base, difference({ bytes: delta(11, 8, ...steps) })])],
    [
      'makes something enormous',
      packOf([base, difference({ bytes: delta(11, 2 ** 40, ...steps) })]),
    ],
    [
      'copies from behind its base',
      packOf([base, difference({ bytes: delta(11, 9, 0b1001_0001, 8, 9) })]),
    ],
    ['copies what is cut off', packOf([base, difference({ bytes: delta(11, 9, 0b1111_1111, 1) })])],
    ['inserts what is cut off', packOf([base, difference({ bytes: delta(11, 9, 9, 65) })])],
    ['uses what is reserved', packOf([base, difference({ bytes: delta(11, 9, 0) })])],
  ])('that %s is refused', async (_, pack) => {
    await expect(open(pack)).rejects.toThrow(RepositoryRefused);
  });

  it('cut or changed anywhere is refused or read, and nothing else', async () => {
    for (let at = 0; at < good.byteLength - 20; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const pack = resealed((body) => void body.writeUInt8((body[at] ?? 0) ^ flip, at));
        const error = await open(pack).catch((caught: unknown) => caught);
        if (error instanceof Error) expect(error).toBeInstanceOf(RepositoryRefused);
      }
    }
  });

  it('of differences that make much of little is bounded by what they make', async () => {
    const zeros: Entry = { type: 'blob', bytes: Buffer.alloc(0xff_ff) };
    const copy = [0b1011_0000, 0xff, 0xff];
    const times = 30;
    let before = packed(zeros).byteLength;
    const entries = Array.from({ length: 200 }, (_, index): Entry => {
      const bytes = delta(
        0xff_ff,
        0xff_ff * times + 1,
        ...Array.from({ length: times }, () => copy).flat(),
        1,
        index,
      );
      const entry: Entry = { type: 'offset', bytes, base: back(before) };
      before += packed(entry).byteLength;
      return entry;
    });

    await expect(open(packOf([zeros, ...entries]))).rejects.toThrow(/too large/);
  });

  it('is left when the time is over', async () => {
    const over = AbortSignal.abort(unavailable('too late'));
    const entries = Array.from({ length: 5_000 }, (_, index) => blob(String(index)));

    await expect(openObjects(packOf(entries), LIMITS, over)).rejects.toThrow('too late');
  });
});

describe('a tree', () => {
  const a = blob('a');
  const list = async (
    root: Entry,
    ...others: readonly Entry[]
  ): Promise<readonly PackedEntry[]> => {
    const objects = await open(packOf([a, root, ...others]));
    const entries: PackedEntry[] = [];
    for await (const entry of entriesOf(objects, id(root))) {
      entries.push(entry);
      if (entries.length > 20_000) break;
    }
    return entries;
  };

  it('tells the names that it has, for the rules of entries to judge', async () => {
    const entries = await list(
      tree(
        ['100644', '..', id(a)],
        ['100755', 'A', id(a)],
        ['100664', 'a', id(a)],
        ['120000', 'link', id(a)],
        ['160000', 'sub', 'f'.repeat(40)],
        ['100644', '\\windows', id(a)],
        ['020000', 'device', id(a)],
      ),
    );

    expect(entries.map(({ name, kind, size }) => [name, kind, size])).toEqual([
      ['..', 'file', 1],
      ['A', 'file', 1],
      ['a', 'file', 1],
      ['link', 'other', 0],
      ['sub', 'directory', 0],
      ['\\windows', 'file', 1],
      ['device', 'other', 0],
    ]);
  });

  it('of folders that hold each other many times is read only as far as somebody reads', async () => {
    const levels = [tree(['100644', 'a', id(a)])];
    for (let level = 1; level < 12; level += 1) {
      const below = levels.at(-1) ?? a;
      levels.push(
        tree(...'0123456789'.split('').map((name) => ['40000', name, id(below)] as const)),
      );
    }
    const root = levels.pop() ?? a;

    expect(await list(root, ...levels)).toHaveLength(20_001);
  });

  it.each<readonly [string, Entry]>([
    ['an inner path for a name', tree(['100644', 'x/../../y', id(a)])],
    ['no name', tree(['100644', '', id(a)])],
    ['a name that is no UTF-8', tree(['100644', Buffer.from([0xff, 0xfe]), id(a)])],
    ['a file that is not there', tree(['100644', 'x', 'e'.repeat(40)])],
    ['a folder that is not there', tree(['40000', 'x', 'e'.repeat(40)])],
    ['a folder that is a file', tree(['40000', 'x', id(a)])],
    ['an id that is cut off', { type: 'tree', bytes: Buffer.from('100644 x\0abc') }],
    ['no end', { type: 'tree', bytes: Buffer.from('100644') }],
  ])('with %s is refused', async (_, root) => {
    await expect(list(root)).rejects.toThrow(RepositoryRefused);
  });

  it('that is a file is refused when it is read', async () => {
    const folder = tree(['40000', 'inner', id(a)]);
    const inner = tree(['100644', 'x', id(folder)]);
    const [entry] = await list(inner, folder);

    await expect(entry?.read()).rejects.toThrow(/no blob where/);
  });

  it('is named by the first line of a commit', () => {
    const hex = 'a'.repeat(40);

    expect(treeOf(Buffer.from(`tree ${hex}\nauthor a\n`))).toBe(hex);
    for (const text of ['', `tree ${hex}`, `parent ${hex}\n`, `tree ${hex.slice(1)}\n`]) {
      expect(() => treeOf(Buffer.from(text))).toThrow(RepositoryRefused);
    }
  });
});
