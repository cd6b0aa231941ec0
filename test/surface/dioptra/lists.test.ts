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

async function create(kind: Kind, name: string, description = ''): Promise<Json> {
  const answer = await user.post(`/api/v1/${kind}`, { group: 1, name, description });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}
const list = async (kind: Kind, query = ''): Promise<Json> =>
  (await user.get(`/api/v1/${kind}${query}`)).body;
const namesOf = async (kind: Kind, query = ''): Promise<readonly string[]> =>
  (await list(kind, query)).data.map(({ name }: { name: string }) => name);

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
