import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { newArtifact, newWorld, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
let alice: TestUser;
beforeAll(async () => {
  app = testApp();
  world = await newWorld(app);
  alice = world.owner;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const tagOf = ({ headers }: Answer): string => headers.get('etag') ?? 'none';
const newQueue = (): Promise<Answer> =>
  alice.post('/api/v1/queues', { group: world.group.id, name: world.name() });
const put = (id: number, name: string, tag?: string): Promise<Answer> =>
  alice.call('PUT', `/api/v1/queues/${id}`, { name }, tag === undefined ? {} : { 'if-match': tag });

describe('the header ETag', () => {
  it('is the same for the create and every get, and another after each change', async () => {
    const made = await newQueue();
    const at = `/api/v1/queues/${made.body.id}`;
    const got = await alice.get(at);
    const changed = await put(made.body.id, world.name());

    expect(tagOf(made)).toMatch(/^"[\x21\x23-\x7e]+"$/);
    expect(tagOf(got)).toBe(tagOf(made));
    expect(tagOf(changed)).not.toBe(tagOf(made));
    expect(tagOf(await alice.get(at))).toBe(tagOf(changed));
  });

  it('is on every answer of one resource and one snapshot', async () => {
    const { experiment, plugin, file, entrypoint, entrypointSnapshot, type, job, artifact } = world;
    const paths = [
      `experiments/${experiment}`,
      `plugins/${plugin}`,
      `plugins/${plugin}/files/${file}`,
      `entrypoints/${entrypoint}`,
      `entrypoints/${entrypoint}/snapshots/${entrypointSnapshot}`,
      `pluginParameterTypes/${type}`,
      `jobs/${job}`,
      `experiments/${experiment}/jobs/${job}`,
      `artifacts/${artifact}`,
    ];
    const tags = await Promise.all(
      paths.map(async (path) => tagOf(await alice.get(`/api/v1/${path}`))),
    );

    expect(tags).not.toContain('none');
    // The same job by two addresses, and nothing else twice.
    expect(new Set(tags).size).toBe(paths.length - 1);
  });

  it('changes with what a link changes, and with the artifacts of a job', async () => {
    const at = `/api/v1/experiments/${world.experiment}`;
    const before = tagOf(await alice.get(at));
    await alice.put(`${at}/entrypoints`, { ids: [] });
    const job = `/api/v1/jobs/${world.job}`;
    const jobBefore = tagOf(await alice.get(job));
    await newArtifact(app, world.claim);

    expect(tagOf(await alice.get(at))).not.toBe(before);
    expect(tagOf(await alice.get(job))).not.toBe(jobBefore);
    await alice.put(`${at}/entrypoints`, { ids: [world.entrypoint] });
  });
});

describe('If-None-Match', () => {
  const get = async (value: string) => {
    const { body, headers } = await newQueue();
    const tag = headers.get('etag') ?? '';
    const header = { 'if-none-match': value.replace('TAG', tag) };
    return alice.call('GET', `/api/v1/queues/${body.id}`, undefined, header);
  };

  it.each(['TAG', '*', 'W/TAG', '"x", TAG', ' TAG ,"y"'])('%s is what is there', async (value) => {
    const answer = await get(value);

    expect([answer.status, answer.text]).toEqual([304, '']);
    expect(answer.headers.get('etag')).not.toBeNull();
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  it.each(['"x"', '"x", W/"y"'])('%s is another', async (value) => {
    expect((await get(value)).status).toBe(200);
  });
});

describe('If-Match (P15)', () => {
  it('holds for any of a list, and for "*"', async () => {
    const made = await newQueue();
    const listed = await put(made.body.id, world.name(), `"x", ${tagOf(made)}`);
    const any = await put(made.body.id, world.name(), '*');

    expect([listed.status, any.status]).toEqual([200, 200]);
  });

  it('never holds for a weak tag, another resource or none', async () => {
    const [made, other] = [await newQueue(), await newQueue()];
    for (const tag of [`W/${tagOf(made)}`, tagOf(other), '""']) {
      expect((await put(made.body.id, world.name(), tag)).status).toBe(412);
    }
    expect((await put(987_654_321, world.name(), '*')).status).toBe(404);
  });

  it.each(['', 'x', '"x', '"x" "y"', '*, "x"', '"x",', "'x'"])('must not be %j', async (value) => {
    const { id } = (await newQueue()).body;
    const write = await put(id, world.name(), value);
    const headers = { 'if-none-match': value };
    const read = await alice.call('GET', `/api/v1/queues/${id}`, undefined, headers);

    for (const { status, body } of [write, read]) {
      expect([status, body.error]).toEqual([400, 'RequestHeaderValidationError']);
    }
  });

  it('guards deletion and parts: files of a plugin, links, the state of a job', async () => {
    const { plugin, file, experiment, job } = world;
    const stale = { 'if-match': '"x"' };
    const calls: readonly [string, string, object?][] = [
      ['DELETE', `plugins/${plugin}`],
      ['DELETE', `plugins/${plugin}/files/${file}`],
      ['DELETE', `experiments/${experiment}`],
      ['PUT', `experiments/${experiment}/entrypoints`, { ids: [] }],
      ['DELETE', `experiments/${experiment}/entrypoints`],
      ['PUT', `experiments/${experiment}/jobs/${job}/status`, { status: 'failed' }],
      ['POST', `jobs/${job}/cancel`],
    ];
    for (const [method, path, body] of calls) {
      const answer = await alice.call(method, `/api/v1/${path}`, body, stale);

      expect([path, answer.status]).toEqual([path, 412]);
    }
    const before = await alice.get(`/api/v1/plugins/${plugin}/files/${file}`);
    const fresh = { 'if-match': tagOf(before) };
    const path = `/api/v1/plugins/${plugin}/files/${file}`;
    expect((await alice.call('DELETE', path, undefined, fresh)).status).toBe(200);
  });

  it('refuses a version of what has none, before anything is done; "*" holds for it', async () => {
    const { body } = await alice.post('/api/v1/users/current/tokens', { name: 'kept' });
    const path = `/api/v1/users/current/tokens/${body.id}`;
    const tokens = async () =>
      (await alice.get('/api/v1/users/current/tokens')).body.data.map(
        ({ id }: { id: string }) => id,
      );

    expect((await alice.call('DELETE', path, undefined, { 'if-match': '"x"' })).status).toBe(412);
    expect(await tokens()).toContain(body.id);
    expect((await alice.call('DELETE', path, undefined, { 'if-match': '*' })).status).toBe(200);
    expect(await tokens()).not.toContain(body.id);
  });

  it('refuses to make what "*" says is there already', async () => {
    const body = { group: world.group.id, name: world.name() };

    const answer = await alice.call('POST', '/api/v1/queues', body, { 'if-match': '*' });

    expect(answer.status).toBe(412);
  });

  it('guards tags, groups with their members, accounts and versions of models', async () => {
    const { id: model } = (
      await alice.post('/api/v1/models', { group: world.group.id, name: world.name() })
    ).body;
    const { artifact } = world;
    await alice.post(`/api/v1/models/${model}/versions`, { artifact, description: '' });
    const email = `${world.name()}@example.org`;
    const cases: readonly [string, object][] = [
      [`tags/${world.tag}`, { name: world.name() }],
      [`groups/${world.group.id}`, { name: world.name() }],
      [`models/${model}/versions/1`, { description: 'another' }],
      ['users/current', { username: alice.username, email }],
    ];
    for (const [path, body] of cases) {
      const at = `/api/v1/${path}`;
      const before = tagOf(await alice.get(at));
      const changed = await alice.call('PUT', at, body, { 'if-match': before });
      const late = await alice.call('PUT', at, body, { 'if-match': before });
      const known = await alice.call('GET', at, undefined, { 'if-none-match': tagOf(changed) });

      expect([path, changed.status, late.status, known.status]).toEqual([path, 200, 412, 304]);
      expect(tagOf(changed)).not.toBe(before);
      expect((await alice.call('PUT', at, body, { 'if-match': '*' })).status).toBe(200);
    }
  });

  it("changes with a group's members", async () => {
    const at = `/api/v1/groups/${world.group.id}`;
    const before = tagOf(await alice.get(at));

    await app.join(await app.newUser(), world.group, { read: true });

    const stale = { 'if-match': before };
    expect(tagOf(await alice.get(at))).not.toBe(before);
    expect((await alice.call('PUT', at, { name: world.name() }, stale)).status).toBe(412);
  });
});

describe('the drafts of a resource', () => {
  const drafting = async () => {
    const made = await newQueue();
    const at = `/api/v1/queues/${made.body.id}`;
    const bob = await app.newUser();
    await app.join(bob, world.group, { read: true, write: true });
    const draft = async (who: typeof alice) =>
      expect((await who.post(`${at}/draft`, { name: world.name() })).status).toBe(200);
    const late = () => put(made.body.id, world.name(), tagOf(made));
    return { id: made.body.id, at, tag: tagOf(made), bob, draft, late };
  };

  it('are no change to whoever writes it, whose ever they are', async () => {
    const { at, bob, draft, late } = await drafting();
    await draft(bob);
    await draft(alice);
    await bob.delete(`${at}/draft`);

    expect((await late()).status).toBe(200);
    expect((await late()).status).toBe(412);
  });

  it('hide no change: of the content, of tags, by a draft that is committed', async () => {
    const changes: readonly ((id: number, at: string) => Promise<Answer>)[] = [
      (id) => put(id, world.name()),
      (_, at) => alice.post(`${at}/tags`, { ids: [world.tag] }),
      async (_, at) =>
        alice.post(`/api/v1/workflows/draftCommit/${(await alice.get(`${at}/draft`)).body.id}`),
    ];
    for (const change of changes) {
      const { id, at, bob, draft, late } = await drafting();
      await draft(alice);
      expect((await change(id, at)).status).toBe(200);
      await draft(bob);

      expect((await late()).status).toBe(412);
      const now = tagOf(await alice.get(at));
      expect((await put(id, world.name(), now)).status).toBe(200);
    }
  });

  it('are news to whoever reads it', async () => {
    const { at, tag, draft } = await drafting();
    await draft(alice);

    const news = await alice.call('GET', at, undefined, { 'if-none-match': tag });
    expect([news.status, news.body.hasDraft]).toEqual([200, true]);
    const known = { 'if-none-match': tagOf(news) };
    expect((await alice.call('GET', at, undefined, known)).status).toBe(304);
  });

  it('make no tag of a snapshot that of the resource', async () => {
    const { at, id, draft } = await drafting();
    await draft(alice);
    const { snapshot } = (await alice.get(at)).body;
    const tag = tagOf(await alice.get(`${at}/snapshots/${snapshot}`));

    expect((await put(id, world.name(), tag)).status).toBe(412);
  });

  it('let one of those win who write one version at once', async () => {
    const { id, tag, bob, draft } = await drafting();

    const [first, second] = await Promise.all([
      put(id, world.name(), tag),
      put(id, world.name(), tag),
      draft(alice),
      draft(bob),
    ]);

    expect([first.status, second.status].sort()).toEqual([200, 412]);
  });
});
