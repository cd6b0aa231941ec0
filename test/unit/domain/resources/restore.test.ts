import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createResource,
  deletedList,
  deleteResource,
  getResource,
  type Kind,
  listResources,
  readWholeLists,
  restoreResource,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { actingIn, type Note, noteKind } from './support.ts';

const kept: Kind<Note> = { ...noteKind, keptWhenDeleted: true };

let app: TestApp;
let ctx: Context;
beforeEach(() => {
  app = testApp();
  ctx = actingIn(app, [1]);
});
afterEach(() => app.close());

const create = (name: string) =>
  createResource(ctx, kept, { groupId: 1, data: { name, text: 'as it was' } });
const gone = async (name: string) => {
  const note = await create(name);
  app.clock.advance(1_000);
  await deleteResource(ctx, kept, note.id);
  app.clock.advance(1_000);
  return note;
};
const listed = async () => {
  const page = await listResources(ctx, kept, { index: 0, pageLength: 100 });
  const deleted = await readWholeLists(ctx, [deletedList('1#plugin')]);
  return [page.rows.map(({ id }) => id), deleted.rows.map(({ id }) => id)];
};

describe('a restore', () => {
  it('brings a resource back as it was, to the lists and to its name', async () => {
    const note = await gone('one');
    const restored = await restoreResource(ctx, kept, note.id);

    const revision = note.revision + 2;
    expect(restored).toMatchObject({ ...note, revision, restoredOn: app.clock.now() });
    expect(restored).not.toHaveProperty('deletedOn');
    expect(await getResource(ctx, kept, note.id)).toMatchObject(restored);
    expect(await listed()).toEqual([[note.id], []]);
    await expect(create('one')).rejects.toMatchObject({ reason: 'entity_exists' });
  });

  it('may follow each deletion anew', async () => {
    const { id } = await gone('again');
    for (let round = 0; round < 3; round += 1) {
      await restoreResource(ctx, kept, id);
      expect(await listed()).toEqual([[id], []]);
      await deleteResource(ctx, kept, id);
      expect(await listed()).toEqual([[], [id]]);
    }
  });

  it('is refused where the name was taken meanwhile, and changes nothing', async () => {
    const note = await gone('taken');
    const other = await create('taken');

    await expect(restoreResource(ctx, kept, note.id)).rejects.toMatchObject({
      reason: 'entity_exists',
    });
    expect(await listed()).toEqual([[other.id], [note.id]]);
    await deleteResource(ctx, kept, other.id);
    await restoreResource(ctx, kept, note.id);
    expect(await listed()).toEqual([[note.id], [other.id]]);
  });

  it('is for what is deleted, and for who may write', async () => {
    const [live, note] = [await create('live'), await gone('gone')];
    const reader = actingIn(app, [1], { write: false });

    await expect(restoreResource(ctx, kept, live.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(restoreResource(ctx, kept, 999)).rejects.toMatchObject({ code: 'not_found' });
    await expect(restoreResource(reader, kept, note.id)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(restoreResource(actingIn(app, [2]), kept, note.id)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('and deletions that meet leave one truth', async () => {
    const { id } = await gone('busy');
    for (let round = 0; round < 20; round += 1) {
      await Promise.allSettled([
        restoreResource(ctx, kept, id),
        deleteResource(ctx, kept, id),
        restoreResource(ctx, kept, id),
      ]);
      const { deletedOn } = await getResource(ctx, kept, id);

      expect(await listed()).toEqual(deletedOn === undefined ? [[id], []] : [[], [id]]);
    }
  });

  it('of several that had one name succeeds for one', async () => {
    const notes = [await gone('same'), await gone('same'), await gone('same')];
    const ends = await Promise.allSettled(notes.map(({ id }) => restoreResource(ctx, kept, id)));

    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [live = []] = await listed();
    expect(live).toHaveLength(1);
  });
});
