import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';

let app: TestApp;
let user: TestUser;
beforeEach(async () => {
  app = testApp();
  user = await app.newUser();
});
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

type Kind = 'queues' | 'experiments';
const KINDS: readonly Kind[] = ['queues', 'experiments'];
const singular = { queues: 'queue', experiments: 'experiment' } as const;

async function create(kind: Kind, name: string, description = '', by = user): Promise<Json> {
  const answer = await by.post(`/api/v1/${kind}`, { group: 1, name, description });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}
const list = async (kind: Kind, query = ''): Promise<Json> =>
  (await user.get(`/api/v1/${kind}${query}`)).body;
const namesOf = async (kind: Kind, query = ''): Promise<readonly string[]> =>
  (await list(kind, query)).data.map(({ name }: { name: string }) => name);

describe.each(KINDS)('%s', (kind) => {
  const type = singular[kind];

  it('are answered with their common fields', async () => {
    const made = await create(kind, 'one', 'first');
    const common = {
      id: made.id,
      snapshot: made.snapshot,
      group: { id: 1, name: 'public', url: '/api/v1/groups/1' },
      user: { id: user.id, username: user.username, url: `/api/v1/users/${user.id}` },
      createdOn: '2026-01-01T00:00:00.000000+00:00',
      snapshotCreatedOn: '2026-01-01T00:00:00.000000+00:00',
      lastModifiedOn: '2026-01-01T00:00:00.000000+00:00',
      latestSnapshot: true,
      hasDraft: false,
      tags: [],
      deleted: false,
      name: 'one',
      description: 'first',
    };
    const ofKind: Json = { experiments: { entrypoints: [] }, queues: { priority: 0 } };
    const own = ofKind[kind] ?? {};

    expect(made).toEqual({ ...common, ...own });
    expect(Object.keys(made).slice(0, 11)).toEqual(Object.keys(common).slice(0, 11));
    expect((await user.get(`/api/v1/${kind}/${made.id}`)).body).toEqual(made);
  });

  it('keep each version, with the fields of its time', async () => {
    const made = await create(kind, 'one', 'first');
    app.clock.advance(1_500);
    const other = await app.newUser();
    const path = `/api/v1/${kind}/${made.id}`;
    const changed = (await other.put(path, { name: 'two', description: 'second' })).body;
    const versions = (await user.get(`${path}/snapshots`)).body;
    const first = (await user.get(`${path}/snapshots/${made.snapshot}`)).body;

    expect(changed.snapshot).toBeGreaterThan(made.snapshot);
    expect(changed).toMatchObject({
      id: made.id,
      name: 'two',
      user: { id: other.id },
      createdOn: made.createdOn,
      snapshotCreatedOn: '2026-01-01T00:00:01.500000+00:00',
      lastModifiedOn: '2026-01-01T00:00:01.500000+00:00',
    });
    expect(first).toMatchObject({
      name: 'one',
      description: 'first',
      user: { id: user.id },
      latestSnapshot: false,
      snapshotCreatedOn: made.createdOn,
      lastModifiedOn: changed.lastModifiedOn,
    });
    expect(first).not.toHaveProperty('hasDraft');
    expect(versions).toMatchObject({ totalNumResults: 2, isComplete: true });
    expect(versions.data.map(({ snapshot }: Json) => snapshot)).toEqual([
      made.snapshot,
      changed.snapshot,
    ]);
    expect(versions.data[0]).toEqual(first);
    const unknown = await user.get(`${path}/snapshots/${changed.snapshot + 1}`);
    expect(unknown).toMatchObject({
      status: 404,
      body: { detail: { entity_type: type, snapshot_id: changed.snapshot + 1 } },
    });
  });

  it('replace everything in a change: what is left out is emptied', async () => {
    const { id } = await create(kind, 'one', 'first');
    const changed = await user.put(`/api/v1/${kind}/${id}`, { name: 'one' });

    expect(changed.body.description).toBe('');
  });

  it('have names that are unique in their group and free again after a change or deletion', async () => {
    const first = await create(kind, 'one');
    const second = await create(kind, 'two');
    const path = (id: number) => `/api/v1/${kind}/${id}`;
    const group = await app.newGroup(user);

    const taken = await user.post(`/api/v1/${kind}`, { group: 1, name: 'one' });
    const renamed = await user.put(path(second.id), { name: 'one' });
    const elsewhere = await user.post(`/api/v1/${kind}`, { group: group.id, name: 'one' });
    const same = await user.put(path(first.id), { name: 'one', description: 'kept' });

    for (const answer of [taken, renamed]) {
      expect(answer).toMatchObject({
        status: 409,
        body: {
          error: 'EntityExistsError',
          detail: {
            entity_type: type,
            existing_id: first.id,
            entity_attributes: { name: 'one', group_id: 1 },
          },
        },
      });
      expect(answer.body.message).toMatch(/^Conflict - /);
    }
    expect([elsewhere.status, same.status]).toEqual([200, 200]);
    expect((await user.put(path(first.id), { name: 'uno' })).status).toBe(200);
    expect((await user.put(path(second.id), { name: 'one' })).status).toBe(200);
    await user.delete(path(second.id));
    const third = await create(kind, 'one');
    expect(third.id).toBeGreaterThan(second.id);
  });

  it('give a name to one of 200 who want it at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        user.post(`/api/v1/${kind}`, { group: 1, name: 'wanted', description: String(index) }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter(({ status }) => status === 409);

    expect(winners).toHaveLength(1);
    expect(losers).toHaveLength(199);
    for (const { body } of losers) expect(body.detail.existing_id).toBe(winners[0]?.body.id);
    expect(await list(kind)).toMatchObject({ totalNumResults: 1 });
  });

  it('are deleted softly, twice if asked', async () => {
    const { id } = await create(kind, 'one');
    const kept = await create(kind, 'two');
    const path = `/api/v1/${kind}/${id}`;
    const gone = kind === 'queues' ? { status: 'Success' } : { status: 'Success', id: [id] };

    expect((await user.delete(path)).body).toEqual(gone);
    expect((await user.delete(path)).body).toEqual(gone);
    expect((await user.get(path)).body).toMatchObject({ id, deleted: true });
    const change = await user.put(path, { name: 'three' });
    expect(change).toMatchObject(
      kind === 'queues'
        ? { status: 404, body: { error: 'EntityDoesNotExistError', detail: { resource_id: id } } }
        : { status: 423, body: { error: 'EntityDeletedError', detail: { existing_id: id } } },
    );
    expect((await user.get(`${path}/snapshots`)).body.totalNumResults).toBe(1);
    expect(await list(kind)).toMatchObject({ totalNumResults: 1, data: [{ id: kept.id }] });
    const all = await list(kind, '?showDeleted=True');
    expect(all.data.map((row: Json) => [row.id, row.deleted])).toEqual([
      [id, true],
      [kept.id, false],
    ]);
    expect(all.first).toContain('showDeleted=True');
  });

  it('are never mixed up with another kind', async () => {
    const other = await create(kind === 'queues' ? 'experiments' : 'queues', 'one');
    const path = `/api/v1/${kind}/${other.id}`;
    const missing = await user.get(`/api/v1/${kind}/987654321`);

    for (const answer of [
      await user.get(path),
      await user.put(path, { name: 'two' }),
      await user.delete(path),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await user.get(path)).text).toBe(
      missing.text.replaceAll('987654321', String(other.id)),
    );
  });
});

describe('masks', () => {
  const masked = async (mask: string, path = '/api/v1/queues') =>
    user.call('GET', path, undefined, { 'x-fields': mask });

  it('thin answers out, in their own order', async () => {
    const { id } = await create('queues', 'one');

    const one = await masked('{name,group{url},zzz}', `/api/v1/queues/${id}`);
    const page = await masked('data{id},totalNumResults');
    const error = await masked('name', '/api/v1/queues/987654321');

    expect(one.text).toBe('{"name":"one","group":{"url":"/api/v1/groups/1"},"zzz":null}');
    expect(page.body).toEqual({ data: [{ id }], totalNumResults: 1 });
    expect(error.body).toHaveProperty('detail');
  });

  it('are refused before anything is written', async () => {
    const answer = await user.call(
      'POST',
      '/api/v1/queues',
      { group: 1, name: 'one' },
      {
        'x-fields': '{name',
      },
    );

    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'Mask parse error: Missing closing bracket' },
    });
    expect(await namesOf('queues')).toEqual([]);
  });
});

describe('errors', () => {
  it('say what, why, and where', async () => {
    const answer = await user.get('/api/v1/queues/987654321?x=1');

    expect(answer.body).toEqual({
      error: 'EntityDoesNotExistError',
      message: expect.stringMatching(/^Not Found - /),
      detail: { entity_type: 'queue', resource_id: 987654321 },
      originating_path: '/api/v1/queues/987654321?x=1',
    });
    expect((await user.get('/api/v1/queues/987654321')).body.originating_path).toBe(
      '/api/v1/queues/987654321?',
    );
  });

  it('name the fields of a body that are wrong', async () => {
    const answer = await user.post('/api/v1/experiments', {
      name: 7,
      entrypoints: [1, 'x'],
      colour: 'red',
    });

    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toEqual({
      errors: {
        name: [expect.any(String)],
        group: ['Missing data for required field.'],
        entrypoints: { 1: [expect.any(String)] },
        colour: ['Unknown field.'],
      },
    });
  });

  it.each(['a/b', 'ä', 'a\nb', ' ', '', 'a#b', '<b>'])('refuse the name %j', async (name) => {
    const answer = await user.post('/api/v1/queues', { group: 1, name });

    expect(answer.status).toBe(400);
    expect(answer.body.error ?? Object.keys(answer.body.errors)[0]).toMatch(
      /^(ResourceNameError|name)$/,
    );
  });

  it('answer unknown addresses, ids that are none, and strange paths', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api/v1/queues/one',
      '/api/v1/queues/-1',
      '/api/v1/queues/1.0',
      '/api/v1/queues/0x10',
      '/api/v1/queues/1/2/3',
      '/api/v1/',
      '/api/v1',
      '/api/v1//queues',
      '/api/v1/queues/99999999999999999999',
    ]) {
      const answer = await user.get(path);

      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body).toEqual({ message: 'The requested URL was not found.' });
    }
    const wrong = await user.call('PATCH', '/api/v1/queues/1', {});
    expect(wrong.body).toEqual({
      message: 'The method is not allowed for the requested URL.',
    });
    expect(wrong.headers.get('allow')).toBe('DELETE, GET, PUT');
  });
});
