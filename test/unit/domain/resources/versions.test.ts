import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeResource,
  createResource,
  getSnapshot,
  listSnapshots,
  type Resource,
  readVersions,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Item, Table } from '#kernel/table.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { actingIn, type Note, noteKind } from './support.ts';

let app: TestApp;
let ctx: Context;
beforeEach(() => {
  app = testApp();
  ctx = actingIn(app, [1]);
});
afterEach(() => app.close());

const create = (text: string): Promise<Resource<Note>> =>
  createResource(ctx, noteKind, { groupId: 1, data: { name: 'note', text } });
const change = (id: number, text: string): Promise<Resource<Note>> =>
  changeResource(ctx, noteKind, id, () => ({ data: { name: 'note', text } }));

/** One resource with so many versions, whose texts are `1`, `2`, …; their ids. */
async function versions(count: number): Promise<{ id: number; snapshots: readonly number[] }> {
  const made = await create('1');
  const snapshots = [made.snapshot];
  for (let at = 2; at <= count; at += 1) {
    snapshots.push((await change(made.id, String(at))).snapshot);
  }
  return { id: made.id, snapshots };
}

const page = (by: Context, id: number, index: number, pageLength: number) =>
  listSnapshots(by, noteKind, id, { index, pageLength });

/** The actor's context, in which somebody makes a new version right after the first read. */
function interrupted(id: number): Context {
  let read = false;
  const once = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    if (!read) {
      read = true;
      await change(id, 'meanwhile');
    }
    return value;
  };
  const table: Table = {
    ...ctx.table,
    get: (key, options) => once(ctx.table.get(key, options)),
    batchGet: (keys, options) => once(ctx.table.batchGet(keys, options)),
    query: (query) => once(ctx.table.query(query)),
  };
  return { ...ctx, table };
}

/**
 * The actor's context while the transaction that replaced the version is being applied: its row is
 * there already, its item is not seen by the first `reads` of it.
 */
function beingApplied(id: number, snapshot: number, reads: number): Context {
  let hidden = reads;
  const seen = (items: readonly (Item | undefined)[]): readonly (Item | undefined)[] =>
    items.map((item) =>
      item?.pk === `RES#${id}` && item.sk.startsWith('SNAP#') && item.id === snapshot
        ? undefined
        : item,
    );
  const show = <T extends readonly (Item | undefined)[]>(items: T) => {
    hidden -= 1;
    return hidden < 0 ? items : seen(items);
  };
  const table: Table = {
    ...ctx.table,
    batchGet: async (keys, options) => show(await ctx.table.batchGet(keys, options)),
    query: async (query) => {
      const page = await ctx.table.query(query);
      return { ...page, items: show(page.items).filter((item) => item !== undefined) };
    },
  };
  return { ...ctx, table };
}

describe('versions of a resource', () => {
  it.each([0, 1, 3])('are found while one is being replaced: after %i reads', async (reads) => {
    const { id, snapshots } = await versions(2);
    const [snapshot = 0] = snapshots;
    const reader = () => beingApplied(id, snapshot, reads);

    expect((await getSnapshot(reader(), noteKind, id, snapshot)).data.text).toBe('1');
    const [note] = await readVersions<Note>(reader(), [{ id, snapshot }]);
    expect(note?.text).toBe('1');
    const { rows, total } = await page(reader(), id, 0, 10);
    expect([total, ...rows.map(({ data }) => data.text)]).toEqual([2, '1', '2']);
  });

  it('that never were are not waited for once the newest one is old', async () => {
    const { id, snapshots } = await versions(2);
    await createResource(ctx, noteKind, { groupId: 1, data: { name: 'between', text: '' } });
    await change(id, '3');
    app.clock.advance(10_000);
    app.meter.reset();
    const between = (snapshots.at(-1) ?? 0) + 1;

    await expect(getSnapshot(ctx, noteKind, id, between)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(app.meter.snapshot().tableCalls).toBe(1);
  });

  it('are read one by one', async () => {
    const { id, snapshots } = await versions(4);
    const bound = snapshots.map((snapshot) => ({ id, snapshot }));

    for (const [at, snapshot] of snapshots.entries()) {
      const found = await getSnapshot(ctx, noteKind, id, snapshot);
      expect([found.id, found.data.text, found.resource.snapshots]).toEqual([
        snapshot,
        String(at + 1),
        4,
      ]);
    }
    const contents = await readVersions<Note>(ctx, [
      ...bound.toReversed(),
      { id, snapshot: 1_000 },
    ]);
    expect(contents.map((note) => note?.text)).toEqual(['4', '3', '2', '1', undefined]);
    await expect(getSnapshot(ctx, noteKind, id, 1_000)).rejects.toMatchObject({
      code: 'not_found',
      detail: { resource_id: id, snapshot_id: 1_000 },
    });
  });

  it.each([1, 2, 3, 5, 7, 10])('are listed oldest first, %i a page', async (pageLength) => {
    const { id } = await versions(7);
    const seen: string[] = [];
    for (let index = 0; index < 7; index += pageLength) {
      const { rows, total } = await page(ctx, id, index, pageLength);
      expect(total).toBe(7);
      expect(rows.length).toBe(Math.min(pageLength, 7 - index));
      seen.push(...rows.map(({ data }) => data.text));
    }

    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect((await page(ctx, id, 7, pageLength)).rows).toEqual([]);
  });

  it('are found by a search, whether earlier or newest', async () => {
    const { id } = await versions(3);
    const kind = {
      ...noteKind,
      searchable: ['text'],
      summary: ({ data }: { data: Note }) => ({ ...data }),
    };
    const found = (search: string) =>
      listSnapshots(ctx, kind, id, { index: 0, pageLength: 10, search });

    for (const text of ['1', '3']) {
      const { rows, total } = await found(`text:"${text}"`);
      expect([total, ...rows.map(({ data }) => data.text)]).toEqual([1, text]);
    }
  });

  it.each([1, 3])('are found although a newer one comes meanwhile: of %i', async (count) => {
    const { id, snapshots } = await versions(count);
    const newest = snapshots.at(-1) ?? 0;

    const one = await getSnapshot(interrupted(id), noteKind, id, newest);
    expect(one.data.text).toBe(String(count));
    const [first] = await readVersions<Note>(interrupted(id), [
      { id, snapshot: snapshots[0] ?? 0 },
    ]);
    expect(first?.text).toBe('1');
    const { rows, total } = await page(interrupted(id), id, 0, 20);
    expect([rows.length, total]).toEqual([count + 2, count + 2]);
    expect(rows.at(-1)?.data.text).toBe('meanwhile');
  });

  it('that are large are stored once, beside the table', async () => {
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
    const { id, snapshot } = await create(texts[0] ?? '');
    await app.settled();
    app.meter.reset();
    const second = await change(id, texts[1] ?? '');
    // The content that comes in, and that which is read: not once more the one that is replaced.
    expect(app.meter.snapshot().bytesWritten).toBeLessThan(110_000);
    await change(id, 'small');
    const fourth = await change(id, texts[2] ?? '');

    const { objects } = await app.platform.blobs.list('snapshots/');
    expect(objects.map(({ key }) => key).toSorted()).toEqual(
      [snapshot, second.snapshot, fourth.snapshot].map((at) => `snapshots/${id}/${at}.json`),
    );
    const { rows } = await page(ctx, id, 0, 10);
    expect(rows.map(({ data }) => data.text)).toEqual([texts[0], texts[1], 'small', texts[2]]);
  });

  it('cost nothing before there is a second one', async () => {
    await create('1');
    const rows = async (id: number) =>
      (await app.platform.table.query({ pk: `RES#${id}` })).items.map(({ sk }) => sk);

    expect(await rows(1)).toEqual(['CURRENT']);
    await change(1, '2');
    expect(await rows(1)).toEqual(['CURRENT', 'SNAP#000000000000001']);
  });
});
