import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepJobs } from '#domain/jobs/index.ts';
import { decodeItem } from '#embedded/sqlite-codec.ts';
import { basic, PASSWORD } from '../../support/accounts.ts';
import { type Client, type Json, type TestApp, testApp } from '../../support/app.ts';

/**
 * The table as version 0.1.0 left it on 21 November 2026, an item a line as the embedded store keeps it, for the accounts alice (who
 * administers), bob (in the group "lab", too) and carol. It is never to be changed: what was stored
 * then must work with whatever the code has become.
 */
const ITEMS = readFileSync(new URL('first-store.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(decodeItem);

const HOUR = 60 * 60 * 1000;
const LAB = 2;
const ENTRYPOINT = 18;
const EXPERIMENT = 19;
const FINISHED = 20;
const FAILED = 21;
const WAITING = 22;
const ARTIFACT = 23;
const RUN = 'c89321f32a4240c3b89c27614dc10898';
const LONG = 24;
const ALICES_SESSION = 'session=ses_1_tqQkkRQf7XxXfGRkD_Rmu6Hpb6NGfSza7xv-jKrJhHs';
const BOBS_TOKEN = 'asy_2_ByneHd8sjbriUY4XHmD9IcUo0bWRpm9KUjlM60HW494';
const INVITATION = 'asi_60uKKsbPlTUuPwzjzSeEB4p_wZaWXWG78U8Wg5OU7-E';
const ME = '/api/v1/users/current';

const passwordOf = (username: string): string => `secret of ${username}`;
const namesOf = ({ body }: { readonly body: Json }): readonly string[] =>
  body.data.map((row: Json) => row.username ?? row.name);

let app: TestApp;
let alice: Client;
let bob: Client;
beforeEach(async () => {
  app = testApp({ passwordLogN: 4 });
  await app.platform.table.bulk(ITEMS.map((item) => ({ kind: 'put', item })));
  await app.platform.blobs.put(`runs/${RUN}/artifacts/rows.txt`, 'rows of an earlier version');
  alice = app.client({ cookie: ALICES_SESSION });
  bob = app.bearer(BOBS_TOKEN);
});
afterEach(async () => {
  await app.close();
  expect(app.errors).toEqual([]);
});

describe('accounts of the first version', () => {
  it('are signed in still, and sign in anew', async () => {
    const login = await app
      .client()
      .post('/api/v1/auth/login', { username: 'carol', password: passwordOf('carol') });

    expect(login.status).toBe(200);
    expect((await alice.get(ME)).body).toMatchObject({
      username: 'alice',
      groups: [{ id: 1 }, { id: LAB }],
    });
    expect((await bob.get(ME)).body).toMatchObject({ username: 'bob', email: 'bob@assay.test' });
  });

  it('are listed whole, for administrators and for others, beside new ones', async () => {
    await app.newUser('dora');
    const all = await alice.get('/api/v1/users');

    expect(all.body.data).toEqual(
      ['alice', 'bob', 'carol', 'dora'].map((username, at) => ({
        username,
        email: `${username}@assay.test`,
        id: at + 1,
      })),
    );
    expect((await bob.get('/api/v1/users')).body).toEqual(all.body);
    expect(namesOf(await alice.get("/api/v1/users?search=email:'bob@*'"))).toEqual(['bob']);
    expect(namesOf(await bob.get("/api/v1/users?search=email:'alice@*'"))).toEqual(['alice']);
    expect(namesOf(await alice.get('/api/v1/users?index=1&pageLength=2'))).toEqual([
      'bob',
      'carol',
    ]);
  });

  it('are listed once after a change of name, and when they left the group that all are in', async () => {
    const carol = basic(app, 'carol', passwordOf('carol'));
    const renamed = await bob.put(ME, { username: 'robert', email: 'robert@assay.test' });
    const left = await carol.delete('/api/v1/groups/1/members/current');

    expect([renamed.status, left.status]).toEqual([200, 200]);
    expect(namesOf(await alice.get('/api/v1/users'))).toEqual(['alice', 'robert', 'carol']);
    expect(
      (await alice.post('/api/v1/groups/1/members', { user: 3, permissions: READ })).status,
    ).toBe(200);
    expect(namesOf(await alice.get('/api/v1/users'))).toEqual(['alice', 'robert', 'carol']);
  });

  it('change their password and their name, and end', async () => {
    const change = { oldPassword: passwordOf('bob'), newPassword: PASSWORD };
    const changed = await bob.post(`${ME}/password`, { ...change, confirmNewPassword: PASSWORD });
    const again = basic(app, 'bob');
    const renamed = await again.put(ME, { username: 'robert', email: 'bob@assay.test' });
    const ended = await basic(app, 'robert').call('DELETE', ME, { password: PASSWORD });

    expect([changed.status, renamed.status, ended.status]).toEqual([200, 200, 200]);
    expect(namesOf(await alice.get('/api/v1/users'))).toEqual(['alice', 'carol']);
    expect((await basic(app, 'robert').get(ME)).status).toBe(401);
  });

  it('change one at a time, whoever asks at once', async () => {
    const names = ['robert', 'rob', 'bobby'];
    const answers = await Promise.all(
      names.map((username) => bob.put(ME, { username, email: `${username}@assay.test` })),
    );
    const { username } = (await bob.get(ME)).body;

    expect(answers.map(({ status }) => status)).toContain(200);
    expect(names).toContain(username);
    expect(namesOf(await alice.get('/api/v1/users'))).toEqual(['alice', username, 'carol']);
  });

  it('come in by an invitation of then', async () => {
    const body = { username: 'dora', email: 'dora@assay.test', password: PASSWORD };
    const answer = await app
      .client()
      .post('/api/v1/users', { ...body, confirmPassword: PASSWORD, invitation: INVITATION });

    expect(answer.status).toBe(200);
  });
});

const READ = {
  read: true,
  write: false,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
};
const ALL = {
  read: true,
  write: true,
  shareRead: true,
  shareWrite: true,
  owner: true,
  admin: true,
};

describe('groups of the first version', () => {
  it('show their members, and take and lose some', async () => {
    const at = `/api/v1/groups/${LAB}`;
    const members = ({ body }: { readonly body: Json }) =>
      body.members.map(({ user }: Json) => user.username);

    expect(members(await bob.get(at))).toEqual(['alice', 'bob']);
    expect(members(await alice.post(`${at}/members`, { user: 3, permissions: READ }))).toEqual([
      'alice',
      'bob',
      'carol',
    ]);
    expect((await alice.delete(`${at}/members/2`)).status).toBe(200);
    expect(members(await alice.get(at))).toEqual(['alice', 'carol']);
  });

  it('get another owner and another name, and are never without an owner', async () => {
    const at = `/api/v1/groups/${LAB}`;
    const alone = await alice.delete(`${at}/members/current`);
    const owner = await alice.put(`${at}/members/2`, { permissions: ALL });
    const left = await Promise.all(
      [alice, bob].map((each) => each.delete(`${at}/members/current`)),
    );
    const stays = left[0]?.status === 200 ? bob : alice;

    expect([alone.status, owner.status]).toEqual([409, 200]);
    expect(left.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await stays.put(at, { name: 'laboratory' })).body).toMatchObject({
      name: 'laboratory',
    });
  });
});

describe('resources of the first version', () => {
  it('are listed, searched and sorted', async () => {
    const queues = '/api/v1/queues?groupId=1';
    const page = await alice.get(`${queues}&index=30&pageLength=10`);
    const sorted = await alice.get(`${queues}&sortBy=name&descending=true&pageLength=2`);

    expect(page.body).toMatchObject({ totalNumResults: 34 });
    expect(namesOf(page)).toEqual(['queue 30', 'queue 31', 'queue 32', 'queue 33']);
    expect(namesOf(sorted)).toEqual(['queue 9', 'queue 8']);
    expect(namesOf(await alice.get(`${queues}&search=name:'queue 1*'&pageLength=3`))).toEqual([
      'queue 1',
      'queue 10',
      'queue 11',
    ]);
    expect((await alice.get(`/api/v1/queues?groupId=${LAB}`)).body.totalNumResults).toBe(1);
  });

  it('are found by what lists of then did not keep', async () => {
    const long = await bob.get('/api/v1/experiments?search=description:*needle');
    const types = (await bob.get(`/api/v1/pluginParameterTypes?groupId=${LAB}&search=name:string`))
      .body;
    const artifacts = await bob.get(`/api/v1/artifacts?outputParams=${types.data[0].id}`);
    const others = await bob.get(`/api/v1/artifacts?outputParams=${types.data[0].id + 1}`);

    expect(long.body.data).toMatchObject([{ id: LONG, name: 'longer' }]);
    expect(artifacts.body.data).toMatchObject([{ id: ARTIFACT, description: 'one' }]);
    expect(others.body.totalNumResults).toBe(0);
  });

  it('are changed under If-Match, tagged and drafted', async () => {
    const at = `/api/v1/experiments/${LONG}`;
    const tag = (await bob.get(at)).headers.get('etag') ?? '';
    const change = { name: 'changed', description: '', entrypoints: [ENTRYPOINT] };
    const put = () => bob.call('PUT', at, change, { 'if-match': tag });
    const label = await bob.post('/api/v1/tags', { group: LAB, name: 'kept' });
    const answers = [
      await put(),
      await put(),
      await bob.put(`${at}/tags`, { ids: [label.body.id] }),
      await bob.post(`${at}/draft`, change),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 412, 200, 200]);
    expect((await bob.get('/api/v1/experiments?search=tag:kept')).body.data).toMatchObject([
      { id: LONG, name: 'changed', hasDraft: true },
    ]);
    expect((await bob.get(`${at}/snapshots`)).body.totalNumResults).toBe(3);
  });

  it('run: jobs show what they did, and one that waits is claimed', async () => {
    const job = `/api/v1/jobs/${FINISHED}`;
    app.clock.advance(HOUR);
    await sweepJobs(app.system);
    const wish = { max: 10, waitSeconds: 0, visibilitySeconds: 60 };
    const [message, ...others] = await app.platform.messages.receive('default', wish);
    const { jobId, attempt } = JSON.parse(message?.body ?? '{}');
    const worker = app.bearer(await app.newWorkerToken());
    const claim = { pool: 'default', worker: 'a new one', jobId, attempt };
    const claimed = await worker.post('/api/worker/v1/claim', claim);
    const contents = await bob.get(`/api/v1/artifacts/${ARTIFACT}/contents`);

    expect((await bob.get(job)).body).toMatchObject({ status: 'finished' });
    expect((await bob.get(`${job}/metrics`)).body).toEqual([{ name: 'accuracy', value: 0.5 }]);
    expect((await bob.get(`${job}/log`)).body.data).toMatchObject([{ message: 'the first line' }]);
    expect((await bob.get(`/api/v1/jobs/${FAILED}`)).body.status).toBe('failed');
    expect(others).toEqual([]);
    expect(claimed.body.claim).toMatchObject({ jobId: WAITING, attempt: 1 });
    expect(contents.status).toBe(302);
    expect(contents.headers.get('location')).toContain(RUN);
  });

  it('are what new jobs start from', async () => {
    const body = { description: 'new', queue: 17, entrypoint: ENTRYPOINT, values: {} };
    const made = await bob.post(`/api/v1/experiments/${EXPERIMENT}/jobs`, body);
    const status = `/api/v1/experiments/${EXPERIMENT}/jobs/${FAILED}/status`;
    const reset = await bob.put(status, { status: 'reset' });

    expect([made.status, reset.status]).toEqual([200, 200]);
    expect(made.body).toMatchObject({ status: 'queued', values: { lines: '20' } });
  });
});
