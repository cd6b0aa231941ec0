import { describe, expect, it } from 'vitest';
import { entriesOf, treeOf } from '#git/tree.ts';
import type { PackedEntry } from '#kernel/archive-entries.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { blob, type Entry, id, open, packOf, tree } from './packing.ts';

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
