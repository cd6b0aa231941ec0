import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeResource,
  commitParts,
  createResource,
  deleteResource,
  firstVersion,
  getResource,
  getSnapshot,
  type Kind,
  listResources,
  listSnapshots,
  nextVersion,
  part,
  type Resource,
  readRefs,
} from '#domain/resources/index.ts';
import { createTag, renameTag } from '#domain/resources/tags/verbs.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { actingIn, type Note, noteKind } from './support.ts';

let app: TestApp;
let ctx: Context;
beforeEach(() => {
  app = testApp();
  ctx = actingIn(app, [1]);
});
afterEach(() => app.close());

const create = (name: string, text = '', by = ctx, groupId = 1): Promise<Resource<Note>> =>
  createResource(by, noteKind, { groupId, data: { name, text } });
const change = (id: number, data: Note): Promise<Resource<Note>> =>
  changeResource(ctx, noteKind, id, () => ({ data }));

describe('permission', () => {
  const cases = () => ({
    not_found: actingIn(app, [2]),
    forbidden: actingIn(app, [1], { write: false }),
    unauthenticated: { ...ctx, actor: { kind: 'anonymous' } } as Context,
  });

  it.each(['not_found', 'forbidden', 'unauthenticated'] as const)(
    'is asked for before anything is written: %s',
    async (code) => {
      const { id } = await create('one');
      const other = cases()[code];
      await app.settled();
      app.meter.reset();

      for (const attempt of [
        () => create('two', '', other),
        () => changeResource(other, noteKind, id, () => ({ data: { name: 'x', text: '' } })),
        () => deleteResource(other, noteKind, id),
        () =>
          commitParts(other, async () => {
            const resource = await getResource(ctx, noteKind, id);
            const after = nextVersion(other, resource, 99, { name: 'y', text: '' });
            return { parts: [part(noteKind, resource, after)], result: 0 };
          }),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code });
      }
      expect(app.meter.snapshot().writeUnits).toBe(0);
      expect((await getResource(ctx, noteKind, id)).data.name).toBe('one');
    },
  );

  it('leaves references to other groups out', async () => {
    const mine = await create('mine');
    const theirs = await create('theirs', '', actingIn(app, [2]), 2);

    expect([...(await readRefs(ctx, [mine.id, theirs.id, 99])).keys()]).toEqual([mine.id]);
  });
});

describe('changes at the same time', () => {
  it('are each a version of its own, or told to try again; none is lost or mixed', async () => {
    const { id } = await create('0', 'text 0');
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) => change(id, { name: `${n}`, text: `text ${n}` })),
    );
    const done = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    const now = await getResource(ctx, noteKind, id);
    const versions = await listSnapshots(ctx, noteKind, id, { index: 0, pageLength: 100 });

    expect(done.length).toBeGreaterThan(0);
    for (const error of failed) expect(error).toMatchObject({ reason: 'write_conflict' });
    expect(now.revision).toBe(1 + done.length);
    expect(versions.total).toBe(1 + done.length);
    expect(versions.rows.map((version) => version.id)).toEqual(
      [...versions.rows.map((version) => version.id)].sort((a, b) => a - b),
    );
    for (const { data } of versions.rows) expect(data.text).toBe(`text ${data.name}`);
    expect(now.snapshot).toBe(Math.max(...versions.rows.map((version) => version.id)));
    const listed = await listResources(ctx, noteKind, { index: 0, pageLength: 10 });
    expect(listed.rows.map((row) => row.data)).toEqual([now.data]);
  });

  it('with a deletion end in one truth', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await create(`note ${round}`);
      await Promise.allSettled([
        change(id, { name: `changed ${round}`, text: '' }),
        deleteResource(ctx, noteKind, id),
      ]);
      const page = await listResources(ctx, noteKind, {
        index: 0,
        pageLength: 100,
        search: `name:"*${round}"`,
      });

      await expect(getResource(ctx, noteKind, id)).rejects.toMatchObject({ code: 'not_found' });
      expect(page.rows.filter((row) => row.id === id)).toEqual([]);
      // Whichever name it had last is free again.
      await create(`note ${round}`);
      await create(`changed ${round}`);
    }
  });

  it('of two names that are swapped leave each name with one owner', async () => {
    const [a, b] = [await create('a'), await create('b')];
    await Promise.allSettled([
      change(a.id, { name: 'b', text: '' }),
      change(b.id, { name: 'a', text: '' }),
    ]);
    const rows = [...(await readRefs(ctx, [a.id, b.id])).values()];

    expect(rows.map((row) => row.data.name).sort()).toEqual(['a', 'b']);
  });

  it("that do the same are all done: a name that is one's own already is not taken", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await create(`note ${round}`);
      const same = Array.from({ length: 3 }, () => change(id, { name: `now ${round}`, text: '' }));

      await expect(Promise.all(same)).resolves.toHaveLength(3);
      const ends = await Promise.allSettled([1, 2, 3].map(() => deleteResource(ctx, noteKind, id)));

      const refused = ends.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      expect(refused).toHaveLength(2);
      for (const error of refused) expect(error).toMatchObject({ code: 'not_found' });
    }
  });

  it('that give a tag the same name are all done', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await createTag(ctx, { groupId: 1, name: `tag ${round}` });
      const same = Array.from({ length: 3 }, () => renameTag(ctx, id, `now ${round}`));

      await expect(Promise.all(same)).resolves.toHaveLength(3);
    }
  });

  it('never turn back: a snapshot that is not above the current one is refused', async () => {
    const { id, snapshot } = await create('one');
    const before = await change(id, { name: 'one', text: 'second' });
    const stale = nextVersion(ctx, before, snapshot, { name: 'two', text: '' });

    await expect(
      commitParts(ctx, async () => ({ parts: [part(noteKind, before, stale)], result: 0 })),
    ).rejects.toMatchObject({ reason: 'write_conflict' });
    expect((await getResource(ctx, noteKind, id)).data).toEqual({ name: 'one', text: 'second' });
  });
});

describe('several resources in one transaction', () => {
  const two = (names: readonly [string, string]) =>
    commitParts(ctx, async () => {
      const made = names.map((name, at) =>
        firstVersion(
          ctx,
          noteKind,
          { resource: 50 + at, snapshot: 50 + at },
          {
            groupId: 1,
            data: { name, text: '' },
          },
        ),
      );
      return { parts: made.map((each) => part(noteKind, undefined, each)), result: made };
    });

  it('are all there, or none, with the name that was in the way', async () => {
    const held = await create('held');

    await expect(two(['free', 'held'])).rejects.toMatchObject({
      code: 'conflict',
      reason: 'entity_exists',
      detail: { existing_id: held.id, entity_attributes: { name: 'held', group_id: 1 } },
    });
    await expect(getResource(ctx, noteKind, 50)).rejects.toMatchObject({ code: 'not_found' });
    expect((await two(['free', 'other'])).map(({ id }) => id)).toEqual([50, 51]);
    expect((await getResource(ctx, noteKind, 51)).data.name).toBe('other');
  });
});

describe('large contents', () => {
  const text = (bytes: number) => 'x'.repeat(bytes);

  it.each([64, 65, 1_000])('of %i KB are read back as they were', async (kilobytes) => {
    const made = await create('large', text(kilobytes * 1_024));
    const changed = await change(made.id, { name: 'large', text: 'small' });

    expect((await getResource(ctx, noteKind, made.id)).data.text).toBe('small');
    const version = await getSnapshot(ctx, noteKind, made.id, made.snapshot);
    expect(version.data.text).toHaveLength(kilobytes * 1_024);
    expect((await getSnapshot(ctx, noteKind, made.id, changed.snapshot)).data.text).toBe('small');
  });

  it('do not fill the table', async () => {
    await app.settled();
    app.meter.reset();
    await create('large', text(1_000_000));

    expect(app.meter.snapshot()).toMatchObject({ blobCalls: 1 });
    expect(app.meter.snapshot().bytesWritten).toBeLessThan(4_000);
  });

  it('are searched while that takes no longer than an answer may', async () => {
    const kind: Kind<Note> = {
      ...noteKind,
      summary: ({ data: { name, text: long } }) => ({ name, text: long }),
      searchable: ['text'],
    };
    const data = (name: string) => ({ name, text: text(4_000_000) });
    for (const name of ['a', 'b', 'c'])
      await createResource(ctx, kind, { groupId: 1, data: data(name) });
    const found = (search: string) =>
      listResources(ctx, kind, { index: 0, pageLength: 10, search: `text:"${search}"` });

    expect((await found('*x?x*')).total).toBe(3);
    const hard = [...Array.from({ length: 30 }, () => '*x'), `*${'x?'.repeat(120)}y*`];
    await expect(found(hard.join('",text:"'))).rejects.toMatchObject({ code: 'too_large' });
  });

  it('above 5 MB are refused, and leave nothing behind', async () => {
    await expect(create('huge', text(5 * 1_024 * 1_024))).rejects.toMatchObject({
      code: 'too_large',
    });
    expect((await create('huge')).id).toBeGreaterThan(0);
  });
});
