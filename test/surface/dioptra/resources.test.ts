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
    const own = kind === 'experiments' ? { entrypoints: [] } : {};

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

describe('links of pages', () => {
  beforeEach(async () => {
    for (let n = 1; n <= 5; n += 1) await create('queues', `q${n}`);
  });
  const linksOf = async (query: string) => {
    const { first, prev, next, index, isComplete, totalNumResults } = await list('queues', query);
    return { first, prev, next, index, isComplete, totalNumResults };
  };

  it('lead on and back by offsets, as short as the original prints them', async () => {
    expect(await linksOf('?index=2&pageLength=2')).toEqual({
      index: 2,
      isComplete: false,
      totalNumResults: 5,
      first: '/api/v1/queues?index=0&pageLength=2&showDeleted=False',
      prev: '/api/v1/queues?index=0&pageLength=2&showDeleted=False',
      next: '/api/v1/queues?index=4&pageLength=2&showDeleted=False',
    });
    expect(await linksOf('?index=1&pageLength=4')).toMatchObject({
      prev: '/api/v1/queues?index=0&pageLength=4&showDeleted=False',
      next: undefined,
      isComplete: true,
    });
    expect(await linksOf('?index=70')).toMatchObject({
      index: 70,
      isComplete: true,
      totalNumResults: 5,
      prev: '/api/v1/queues?index=60&pageLength=10&showDeleted=False',
      next: undefined,
    });
  });

  it('keep the group, the search and the order', async () => {
    const query = '?pageLength=2&groupId=1&search=name:q*&sortBy=name&descending=true';

    expect((await linksOf(query)).next).toBe(
      '/api/v1/queues?index=2&pageLength=2&groupId=1&search=name%3Aq*&sortBy=name&descending=True&showDeleted=False',
    );
  });

  it('visit each row once, in every order', async () => {
    for (const order of ['', '&sortBy=name&descending=true', '&sortBy=createdOn', '&search=q']) {
      const seen: string[] = [];
      let at: string | undefined = `/api/v1/queues?pageLength=2${order}`;
      while (at !== undefined) {
        const { body }: Json = await user.get(at);
        seen.push(...body.data.map(({ name }: Json) => name));
        at = body.next;
      }

      expect(seen.toSorted()).toEqual(['q1', 'q2', 'q3', 'q4', 'q5']);
    }
  });

  it.each([
    'index=-1',
    'index=x',
    'index=1.5',
    'pageLength=0',
    'pageLength=1001',
    'pageLength=',
    'groupId=one',
    'showDeleted=yes',
    'index=1&index=2',
    'index=99999999999999999999',
  ])('are not made for ?%s', async (query) => {
    const answer = await user.get(`/api/v1/queues?${query}`);

    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'Input payload validation failed' },
    });
    expect(Object.keys(answer.body.errors)).toEqual([query.split('=')[0]]);
  });

  it('take the largest page, booleans as Python prints them, and ignore unknown fields', async () => {
    expect((await list('queues', '?pageLength=1000')).data).toHaveLength(5);
    for (const flag of ['True', 'true', '1', 'on', 'False', '0']) {
      expect((await user.get(`/api/v1/queues?showDeleted=${flag}&colour=red`)).status).toBe(200);
    }
  });
});

describe('the order of lists', () => {
  it('is that of the latest change, and of names, texts and times when asked for', async () => {
    for (const [name, description] of [
      ['b', 'x'],
      ['a', 'z'],
      ['c', 'y'],
    ] as const) {
      await create('experiments', name, description);
      app.clock.advance(1_000);
    }
    const [first] = (await list('experiments')).data;
    await user.put(`/api/v1/experiments/${first.id}`, { name: 'b', description: 'x' });

    expect(await namesOf('experiments')).toEqual(['a', 'c', 'b']);
    expect(await namesOf('experiments', '?sortBy=name')).toEqual(['a', 'b', 'c']);
    expect(await namesOf('experiments', '?sortBy=name&descending=1')).toEqual(['c', 'b', 'a']);
    expect(await namesOf('experiments', '?sortBy=description')).toEqual(['b', 'c', 'a']);
    expect(await namesOf('experiments', '?sortBy=createdOn')).toEqual(['a', 'c', 'b']);
    expect(await namesOf('experiments', '?sortBy=lastModifiedOn&descending=True')).toEqual([
      'b',
      'c',
      'a',
    ]);
  });

  it('breaks ties by id, so that pages do not overlap', async () => {
    for (let n = 1; n <= 30; n += 1) await create('queues', `q${n}`, 'the same');
    const pages = await Promise.all(
      [0, 10, 20].map((index) => namesOf('queues', `?sortBy=createdOn&index=${index}`)),
    );

    expect(new Set(pages.flat()).size).toBe(30);
    expect(pages.flat()).toEqual(Array.from({ length: 30 }, (_, n) => `q${n + 1}`));
  });

  it.each(['tag', 'id', 'constructor', '__proto__', 'NAME'])('cannot be %s', async (sortBy) => {
    expect(await user.get(`/api/v1/queues?sortBy=${sortBy}`)).toMatchObject({
      status: 400,
      body: { error: 'SortParameterValidationError', message: expect.stringContaining(sortBy) },
    });
  });
});

describe('searches', () => {
  beforeEach(async () => {
    await create('queues', 'red pool', 'fast, and new');
    await create('queues', 'red-2', 'slow');
    await create('queues', 'blue', 'red as well');
  });

  it.each([
    ['name:"red pool"', ['red pool']],
    ['name:red', []],
    ['name:red*', ['red pool', 'red-2']],
    ['name:?lue', ['blue']],
    ['red', ['red pool', 'red-2', 'blue']],
    ['red,slow', ['red-2']],
    ['name:"red*",description:*new', ['red pool']],
    ['description:"fast, and new"', ['red pool']],
    ['nothing like it', []],
    ['', ['red pool', 'red-2', 'blue']],
  ])('%s', async (search, names) => {
    const query = `?search=${encodeURIComponent(search)}`;
    const page = await list('queues', query);

    expect(page.data.map(({ name }: Json) => name)).toEqual(names);
    expect(page.totalNumResults).toBe(names.length);
  });

  it.each(['name:', 'colour:red', 'name:"red', ',', '__proto__:x'])(
    'are refused when they do not parse: %s',
    async (search) => {
      const answer = await user.get(`/api/v1/queues?search=${encodeURIComponent(search)}`);

      expect(answer).toMatchObject({
        status: 422,
        body: {
          error: 'SearchParseError',
          detail: { query: expect.any(String), reason: expect.any(String) },
        },
      });
    },
  );

  it('find versions by what they held', async () => {
    const { id } = await create('experiments', 'old');
    await user.put(`/api/v1/experiments/${id}`, { name: 'new' });
    const path = `/api/v1/experiments/${id}/snapshots`;

    expect((await user.get(`${path}?search=name:old`)).body).toMatchObject({
      totalNumResults: 1,
      data: [{ name: 'old' }],
    });
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
