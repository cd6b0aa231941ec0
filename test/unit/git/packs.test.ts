import { describe, expect, it } from 'vitest';
import { openObjects } from '#git/objects.ts';
import { unavailable } from '#kernel/errors.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import {
  back,
  backBy,
  blob,
  delta,
  type Entry,
  id,
  idOf,
  open,
  packed,
  packOf,
  sealed,
} from './packing.ts';
import { LIMITS } from './support.ts';

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
