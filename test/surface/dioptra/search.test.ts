import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { fileBody } from '../common/world.ts';

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

async function post(path: string, body: object): Promise<Json> {
  const answer = await user.post(`/api/v1${path}`, body);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.body;
}
const namesOf = async (path: string, search: string): Promise<readonly string[]> => {
  const query = new URLSearchParams({ search, pageLength: '100' });
  const answer = await user.get(`/api/v1${path}?${query}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  expect(answer.body.totalNumResults).toBe(answer.body.data.length);
  return answer.body.data.map(({ name, filename }: Json) => name ?? filename);
};

const LONG = `${'filler '.repeat(200)}needle at the end`;

describe('a search sees texts whole', () => {
  beforeEach(async () => {
    await post('/queues', { group: 1, name: 'long', description: LONG });
    await post('/queues', { group: 1, name: 'early', description: `needle ${LONG}`.slice(0, 706) });
    await post('/queues', { group: 1, name: 'short', description: 'a filler' });
  });

  it.each([
    ['needle', ['long', 'early']],
    ['description:*end', ['long']],
    [`description:'${LONG}'`, ['long']],
    ['description:needle*', ['early']],
    ['description:*filler', ['early', 'short']],
    ['filler, name:long', ['long']],
    ['name:needle*', []],
  ])('%s', async (search, names) => {
    expect(await namesOf('/queues', search)).toEqual(names);
  });

  it('and pages, counts and sorts what it found', async () => {
    const answer = await user.get('/api/v1/queues?search=needle&sortBy=name&pageLength=1&index=1');

    expect(answer.body).toMatchObject({ totalNumResults: 2, isComplete: true });
    expect(answer.body.data.map(({ name }: Json) => name)).toEqual(['long']);
  });

  it('finds what an old version said among its snapshots', async () => {
    const { id } = await post('/queues', { group: 1, name: 'changing', description: LONG });
    await user.put(`/api/v1/queues/${id}`, { name: 'changing', description: 'nothing' });

    const found = await user.get(`/api/v1/queues/${id}/snapshots?search=needle`);
    expect(found.body).toMatchObject({ totalNumResults: 1 });
    expect(found.body.data[0].description).toBe(LONG);
  });
});

describe('a search in files and graphs', () => {
  it('finds a word in the last line of a file', async () => {
    const types = await user.get('/api/v1/pluginParameterTypes?search=name:string');
    const type: number = types.body.data[0].id;
    const plugin = await post('/plugins', { group: 1, name: 'plugin' });
    const path = `/plugins/${plugin.id}/files`;
    const lines = Array.from({ length: 5_000 }, (_, n) => `# line ${n}`).join('\n');
    const contents = `${lines}\n# the last haystack\n`;
    await post(path, { ...fileBody(type, 'deep.py'), contents });
    await post(path, { ...fileBody(type, 'other.py'), contents: lines });

    expect(await namesOf(path, 'contents:*haystack*')).toEqual(['deep.py']);
    expect(await namesOf(path, 'haystack')).toEqual(['deep.py']);
    expect(await namesOf(path, 'contents:"*line 4999*"')).toEqual(['deep.py', 'other.py']);
  });
});

describe('tags', () => {
  const tag = async (name: string): Promise<number> => (await post('/tags', { group: 1, name })).id;
  const queue = async (name: string, ...ids: readonly number[]): Promise<number> => {
    const { id } = await post('/queues', { group: 1, name });
    if (ids.length > 0) await post(`/queues/${id}/tags`, { ids });
    return id;
  };

  it('are found by name, with a field and without', async () => {
    const [red, blue] = [await tag('red'), await tag('light blue')];
    await queue('one', red);
    await queue('two', red, blue);
    await queue('blue', red);
    await queue('none');

    expect(await namesOf('/queues', 'tag:red')).toEqual(['one', 'two', 'blue']);
    expect(await namesOf('/queues', 'tag:*blue')).toEqual(['two']);
    expect(await namesOf('/queues', 'blue')).toEqual(['two', 'blue']);
    expect(await namesOf('/queues', 'tag:red, tag:"light blue"')).toEqual(['two']);
    expect(await namesOf('/queues', 'tag:gone')).toEqual([]);
  });

  it('are found by their new name at once, and not by the old one', async () => {
    const red = await tag('red');
    await queue('one', red);
    expect(await namesOf('/queues', 'tag:red')).toEqual(['one']);
    await user.put(`/api/v1/tags/${red}`, { name: 'crimson' });

    expect(await namesOf('/queues', 'tag:red')).toEqual([]);
    expect(await namesOf('/queues', 'tag:crimson')).toEqual(['one']);
    const { body } = await user.get('/api/v1/queues');
    expect(body.data[0].tags).toMatchObject([{ id: red, name: 'crimson' }]);
  });

  it('are gone from everything when they are deleted, and their name is free', async () => {
    const red = await tag('red');
    const id = await queue('one', red);
    expect(await user.delete(`/api/v1/tags/${red}`)).toMatchObject({ status: 200 });

    expect(await namesOf('/queues', 'tag:red')).toEqual([]);
    expect((await user.get(`/api/v1/queues/${id}`)).body.tags).toEqual([]);
    expect((await user.get(`/api/v1/queues/${id}/tags`)).body).toEqual([]);
    expect(await user.get(`/api/v1/tags/${red}/resources`)).toMatchObject({ status: 404 });
    const again = await tag('red');
    await post(`/queues/${id}/tags`, { ids: [again] });
    expect(await namesOf('/queues', 'tag:red')).toEqual(['one']);
  });

  it('list what they are on, as types and ids, of one type where it is named', async () => {
    const red = await tag('red');
    const first = await queue('one', red);
    const { id } = await post('/experiments', { group: 1, name: 'e' });
    await post(`/experiments/${id}/tags`, { ids: [red] });
    const resources = async (query = '') =>
      (await user.get(`/api/v1/tags/${red}/resources/${query}`)).body;

    expect((await resources()).data).toEqual([
      `/api/v1/queue/${first}`,
      `/api/v1/experiment/${id}`,
    ]);
    expect((await resources('?resourceType=experiment')).data).toEqual([
      `/api/v1/experiment/${id}`,
    ]);
    expect(await resources('?resourceType=nothing')).toMatchObject({ totalNumResults: 0 });
    await user.delete(`/api/v1/queues/${first}/tags/${red}`);
    expect((await resources()).data).toEqual([`/api/v1/experiment/${id}`]);
  });

  it('stay on a resource through changes, and are no part of its snapshots', async () => {
    const red = await tag('red');
    const { id, snapshot } = await post('/experiments', { group: 1, name: 'e' });
    await post(`/experiments/${id}/tags`, { ids: [red, red] });
    const changed = await user.put(`/api/v1/experiments/${id}`, { name: 'f' });

    expect(changed.body.tags).toMatchObject([{ id: red }]);
    const old = await user.get(`/api/v1/experiments/${id}/snapshots/${snapshot}`);
    expect(old.body).toMatchObject({ name: 'e', tags: [{ id: red }], latestSnapshot: false });
    expect((await user.get(`/api/v1/experiments/${id}/snapshots`)).body.totalNumResults).toBe(2);
  });

  it('are at most forty on one resource', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 41; n += 1) ids.push(await tag(`t${n}`));
    const id = await queue('one');

    expect(await user.put(`/api/v1/queues/${id}/tags`, { ids })).toMatchObject({ status: 400 });
    const forty = await user.put(`/api/v1/queues/${id}/tags`, { ids: ids.slice(0, 40) });
    expect(forty.body).toHaveLength(40);
    const others = await user.put(`/api/v1/queues/${id}/tags`, { ids: ids.slice(40) });
    expect(others.body.map((each: Json) => each.id)).toEqual(ids.slice(40));
  });

  it('take one name once in a group, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => user.post('/api/v1/tags', { group: 1, name: 'same' })),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      error: 'EntityExistsError',
      detail: { entity_type: 'tag', entity_attributes: { name: 'same', group_id: 1 } },
    });
  });
});
