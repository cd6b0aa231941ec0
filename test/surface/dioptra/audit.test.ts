import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Client,
  type Json,
  READER,
  type TestApp,
  type TestGroup,
  type TestUser,
  testApp,
} from '../../support/app.ts';
import { newJob, newWorld, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  app = testApp();
  // The first account administers the deployment.
  alice = await app.newUser('alice');
  bob = await app.newUser('bob');
  world = await newWorld(app);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** All records, by pages of 50. */
async function recordsOf(client: Client, path: string): Promise<readonly Json[]> {
  const records: Json[] = [];
  let next = '';
  for (;;) {
    const { body, status } = await client.get(`/api/v1${path}?pageLength=50${next}`);
    expect(status).toBe(200);
    records.push(...body.data);
    if (body.nextPageToken === undefined) return records;
    next = `&pageToken=${encodeURIComponent(body.nextPageToken)}`;
  }
}
const ofGroup = (group: Pick<TestGroup, 'id'>, client: Client = alice) =>
  recordsOf(client, `/groups/${group.id}/audit`);

describe('the record of a change (P44)', () => {
  it('says who, what, when, by which token and of which request', async () => {
    const group = await app.newGroup(alice);
    const { id, token } = await alice.newToken();
    app.clock.advance(1);
    const body = { group: group.id, name: 'told', description: 'words of the body' };
    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'my-request.1' };
    const made = await app.client().call('POST', '/api/v1/queues', body, headers);

    const [record] = await ofGroup(group);

    expect(record).toEqual({
      createdOn: '2026-01-01T00:00:00.001000+00:00',
      user: { id: alice.id, username: 'alice', url: `/api/v1/users/${alice.id}` },
      tokenId: id,
      job: null,
      operationId: 'createQueue',
      method: 'POST',
      path: '/api/v1/queues',
      requestId: 'my-request.1',
      inputSha256: expect.stringMatching(/^[\w-]{43}$/),
      changed: [
        { entity_type: 'group', group_id: group.id },
        { entity_type: 'queue', resource_id: made.body.id },
      ],
    });
    expect(JSON.stringify(record)).not.toContain('words of the body');
  });

  it('is there for deletions, links, jobs and what their children do, not for what runs report', async () => {
    const { owner, experiment, entrypoint, claim } = world;
    const before = (await ofGroup(world.group, owner)).length;
    const child = app.bearer(claim.jobToken);
    // Records of one moment are in no order.
    const later = () => app.clock.advance(1);
    later();
    const jobId = await newJob(world);
    later();
    await owner.post(`/api/v1/experiments/${experiment}/entrypoints`, { ids: [entrypoint] });
    later();
    await owner.post(`/api/v1/jobs/${jobId}/cancel`);
    later();
    await owner.delete(`/api/v1/jobs/${jobId}`);
    later();
    await child.post(`/api/v1/jobs/${claim.jobId}/metrics`, { name: 'loss', value: 1 });
    await child.post(`/api/v1/jobs/${claim.jobId}/log`, {
      data: [{ severity: 'INFO', loggerName: 'x', message: 'y' }],
    });
    const failed = { status: 'failed' };
    await child.put(`/api/v1/experiments/${experiment}/jobs/${claim.jobId}/status`, failed);

    const records = await ofGroup(world.group, owner);

    const fresh = records.slice(0, records.length - before);
    expect(fresh.map(({ operationId, job }) => [operationId, job])).toEqual([
      ['reportJobStatus', claim.jobId],
      ['deleteJob', null],
      ['cancelJob', null],
      ['addExperimentEntrypoints', null],
      ['submitJob', null],
    ]);
  });

  it('names drafts by numbers of their own, never as what is drafted', async () => {
    const group = await app.newGroup(alice);
    const body = { group: group.id, name: 'drafted' };
    const { id: queue } = (await alice.post('/api/v1/queues', body)).body;
    const at = `/api/v1/queues/${queue}/draft`;
    const calls: readonly (() => Promise<Answer>)[] = [
      () => alice.post(at, { name: 'x' }),
      async () => {
        const { resourceSnapshot } = (await alice.get(at)).body;
        return alice.put(at, { resourceSnapshot, resourceData: { name: 'y' } });
      },
      () => alice.delete(at),
      () => alice.post('/api/v1/queues/drafts', body),
    ];
    for (const call of calls) {
      app.clock.advance(1);
      expect((await call()).status).toBe(200);
    }
    const { id: other } = (await alice.get('/api/v1/queues/drafts')).body.data[0];
    app.clock.advance(1);
    expect((await alice.delete(`/api/v1/queues/drafts/${other}`)).status).toBe(200);

    const told = (await ofGroup(group)).slice(0, 5).reverse();

    const inGroup = { entity_type: 'group', group_id: group.id };
    const itself = { entity_type: 'queue', resource_id: queue };
    const draft = { entity_type: 'draft', draft_id: other - 1 };
    const last = { entity_type: 'draft', draft_id: other };
    expect(told.map(({ operationId, changed }) => [operationId, changed])).toEqual([
      ['createDraftOfQueue', [itself, draft]],
      ['changeDraftOfQueue', [inGroup, draft]],
      ['deleteDraftOfQueue', [itself, draft]],
      ['createQueueDraft', [inGroup, last]],
      ['deleteQueueDraft', [last]],
    ]);
  });

  it('of accounts and tokens is for administrators, without any secret', async () => {
    app.clock.advance(1);
    const carol = await app.newUser('carol');
    const { id, token } = await carol.newToken();
    app.clock.advance(1);
    const newPassword = 'a better secret';
    await carol.post('/api/v1/users/current/password', {
      oldPassword: carol.password,
      newPassword,
      confirmNewPassword: newPassword,
    });

    const all = await recordsOf(alice, '/audit');
    const [registered] = await ofGroup({ id: 1 });

    expect(all.slice(0, 2).map(({ operationId, user }) => [operationId, user.username])).toEqual([
      ['changePassword', 'carol'],
      ['createToken', 'carol'],
    ]);
    expect(all[1]?.changed).toEqual([{ entity_type: 'token', token_id: id }]);
    expect(registered).toMatchObject({ operationId: 'registerUser', user: null });
    expect(registered?.changed).toContainEqual({ entity_type: 'user', user_id: carol.id });
    // Hashes of passwords that people choose can be guessed.
    for (const { inputSha256 } of [registered, ...all.slice(0, 2)]) expect(inputSha256).toBeNull();
    for (const secret of [token, newPassword, carol.password]) {
      expect(JSON.stringify(all)).not.toContain(secret);
    }
  });

  it('tells a group who came and who left', async () => {
    const group = await app.newGroup(alice);
    const guest = await app.newUser();
    const invitation = await alice.post(`/api/v1/groups/${group.id}/invitations`, {
      permissions: { ...READER, write: true },
    });
    app.clock.advance(1);
    await guest.post('/api/v1/groups/join', { invitation: invitation.body.token });
    app.clock.advance(1);
    expect((await guest.delete(`/api/v1/groups/${group.id}/members/current`)).status).toBe(200);

    const [left, came] = await ofGroup(group);

    const changed = [{ entity_type: 'group', group_id: group.id }];
    expect(left).toMatchObject({ operationId: 'leaveGroup', user: { id: guest.id }, changed });
    expect(came).toMatchObject({ operationId: 'joinGroup', user: { id: guest.id }, changed });
  });

  it('is shown to owners and administrators of the group alone', async () => {
    const group = await app.newGroup(bob);
    const reader = await app.newUser();
    await app.join(reader, group, { ...READER, write: true });
    const admin = await app.newUser();
    await app.join(admin, group, { ...READER, admin: true });
    const path = `/api/v1/groups/${group.id}/audit`;

    const statuses = await Promise.all(
      [bob, admin, reader, alice].map(async (client) => (await client.get(path)).status),
    );

    expect(statuses).toEqual([200, 200, 403, 404]);
    expect((await bob.get('/api/v1/audit')).status).toBe(403);
  });

  it('is listed newest first, by tokens that are good for that group alone', async () => {
    const [one, other] = [await app.newGroup(alice), await app.newGroup(alice)];
    for (let n = 0; n < 5; n += 1) {
      app.clock.advance(1);
      await alice.post('/api/v1/queues', { group: one.id, name: `q${n}` });
    }
    const page = (await alice.get(`/api/v1/groups/${one.id}/audit?pageLength=2`)).body;
    const query = `pageLength=2&pageToken=${page.nextPageToken}`;
    const second = (await alice.get(`/api/v1/groups/${one.id}/audit?${query}`)).body;
    const foreign = await alice.get(`/api/v1/groups/${other.id}/audit?${query}`);

    const times = [...page.data, ...second.data].map(({ createdOn }) => createdOn);
    expect(times).toEqual([...new Set(times)].sort().reverse());
    expect(foreign.status).toBe(400);
  });

  it('is shown for 400 days', async () => {
    const group = await app.newGroup(alice);
    app.clock.advance(399 * 86_400_000);
    const { cookie } = await freshly(alice);
    const client = app.client({ cookie });

    expect(await ofGroup(group, client)).toHaveLength(1);
    app.clock.advance(86_400_001);
    const late = app.client({ cookie: (await freshly(alice)).cookie });
    expect(await ofGroup(group, late)).toHaveLength(0);
  });
});

/** The user after another login, since sessions do not last. */
async function freshly({ username, password }: TestUser): Promise<{ readonly cookie: string }> {
  await app.platform.table.write({
    kind: 'update',
    key: { pk: `USR#${alice.id}`, sk: 'USR' },
    changes: { set: { passwordExpiresOn: Number.MAX_SAFE_INTEGER } },
  });
  app.platform.cache.delete(`user:${alice.id}`);
  const answer = await app.client().post('/api/v1/auth/login', { username, password });
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return { cookie };
}

describe('whatever people do', () => {
  type Step = (ids: readonly number[], n: number) => Promise<Answer>;

  it('there are as many records as changes, and none of what was refused', async () => {
    const fresh = testApp();
    const user = await fresh.newUser();
    const reader = await fresh.newUser();
    let names = 0;
    const newName = () => {
      names += 1;
      return `name ${names}`;
    };
    const at = (ids: readonly number[], n: number) => `/api/v1/experiments/${ids[n % ids.length]}`;
    const stepsIn = (group: number): readonly Step[] => [
      () => user.post('/api/v1/experiments', { group, name: newName() }),
      () => user.post('/api/v1/experiments', { group, name: 'always the same' }),
      () => user.post('/api/v1/experiments', { group, name: '' }),
      (ids, n) => user.put(at(ids, n), { name: newName() }),
      (ids, n) => user.put(at(ids, n), { name: 'always the same' }),
      (ids, n) => user.delete(at(ids, n)),
      (ids, n) => user.put(`${at(ids, n)}/entrypoints`, { ids: [] }),
      (ids, n) => user.put(`${at(ids, n)}/entrypoints`, { ids: [987_654_321] }),
      (ids, n) => user.call('PUT', at(ids, n), { name: 'x' }, { 'if-match': '"none"' }),
      (ids, n) => reader.put(at(ids, n), { name: 'not mine' }),
    ];
    const step = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 30 }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const group = await fresh.newGroup(user);
        await fresh.join(reader, group, READER);
        const acts = stepsIn(group.id);
        const first = await user.post('/api/v1/experiments', { group: group.id, name: 'first' });
        const ids: number[] = [first.body.id];
        const deleted = new Set<string>();
        const wanted = ['createGroup', first.body.id];
        for (const [which, n] of steps) {
          const answer = await (acts[which] as Step)(ids, n);
          const target = at(ids, n);
          if (answer.status !== 200) continue;
          // Deleting what is deleted changes nothing.
          if (which === 5 && deleted.has(target)) continue;
          if (which === 5) deleted.add(target);
          if (which < 2) ids.push(answer.body.id);
          wanted.push(which);
        }

        const records = await recordsOf(user, `/groups/${group.id}/audit`);

        expect(records).toHaveLength(wanted.length);
        expect(records.every((record) => record.user.id === user.id)).toBe(true);
      }),
      { numRuns: 15 },
    );
    await fresh.close();
  });
});

describe('the id of a request', () => {
  const idOf = async (headers: Record<string, string>, path = '/api/v1/users/current') =>
    (await alice.call('GET', path, undefined, headers)).headers.get('x-request-id');

  it('is on every answer, another for each request', async () => {
    const ids = await Promise.all(
      ['/', '/health', '/nowhere', '/api/v1/queues', '/api/v1/nowhere', '/api/2.0/mlflow/runs/get']
        .concat('/api/v1/queues')
        .map((path) => idOf({}, path)),
    );

    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w-]{36}$/);
  });

  it("is the caller's own, unless that could do harm", async () => {
    expect(await idOf({ 'x-request-id': 'JKJaXmPLvHcESHA=' })).toBe('JKJaXmPLvHcESHA=');
    for (const hostile of ['<script>', 'a b', 'x'.repeat(65), '', '{"a":1}', 'a;b']) {
      expect(await idOf({ 'x-request-id': hostile })).toMatch(/^[\w-]{36}$/);
    }
  });
});
