import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { claim, newJob, newScene } from './scene.ts';

let app: TestApp;
beforeAll(() => {
  app = testApp();
});
afterAll(() => app.close());

const basic = (name: string, password: string) =>
  app.client({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });

const register = (username: string, password = 'a password') =>
  app.client().post('/api/v1/users', {
    username,
    email: `${Buffer.from(username).toString('hex')}@assay.test`,
    password,
    confirmPassword: password,
  });

describe('passwords', () => {
  // The hash pads its key with zero bytes, so these would be one password.
  it('with a NUL at the end are no other spelling of those without', async () => {
    const { username, password } = await app.newUser();

    const answer = await basic(username, `${password}\0`).get('/api/v1/users/current');

    expect(answer.status).toBe(401);
    expect((await basic(username, password).get('/api/v1/users/current')).status).toBe(200);
    expect((await register('with-nul', 'a\0')).status).toBe(400);
  });
});

describe('user names', () => {
  it.each(['admin ', ' admin', 'ad  min', 'a\u00a0b', 'a:b', 'job-1', 'job-99999'])(
    '%j is none: it could be taken for another',
    async (name) => {
      expect((await register(name)).status).toBe(400);
    },
  );

  it.each(['job', 'job-x', 'a b', 'jörg', 'first.last@host', '李雷'])('%j is one', async (name) => {
    expect((await register(name)).status).toBe(200);
    expect((await basic(name, 'a password').get('/api/v1/users/current')).status).toBe(200);
  });
});

describe('the first accounts, at the same moment', () => {
  it('make one group with one owner', async () => {
    const other = testApp();
    try {
      const names = Array.from({ length: 10 }, (_, index) => `first-${index}`);
      const users = await Promise.all(names.map((name) => other.newUser(name)));

      const group = await users[0]?.get('/api/v1/groups/1');

      const members = group?.body.members as { permissions: { owner: boolean } }[];
      expect(members).toHaveLength(10);
      expect(members.filter(({ permissions }) => permissions.owner)).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});

describe('the token of a job', () => {
  it('is good under the name of its own job only', async () => {
    const scene = await newScene(app);
    const jobId = await newJob(scene);
    const { jobToken, username } = await claim(app, { jobId, attempt: 1 });
    const path = `/api/v1/jobs/${jobId}`;

    expect((await basic(username, jobToken).get(path)).status).toBe(200);
    for (const name of [`job-${jobId + 1}`, 'job-1', scene.user.username]) {
      expect((await basic(name, jobToken).get(path)).status).toBe(401);
    }
  });

  it('lists nothing and writes nothing of other jobs', async () => {
    const scene = await newScene(app);
    const [jobId, other] = [await newJob(scene), await newJob(scene)];
    const child = app.bearer((await claim(app, { jobId, attempt: 1 })).jobToken);
    const ofOther = `/api/v1/experiments/${scene.experiment}/jobs/${other}`;
    const line = { severity: 'INFO', loggerName: 'x', message: 'forged' };

    const refused = [
      ...(await Promise.all(
        ['jobs', 'experiments', 'queues', 'plugins', 'entrypoints', 'artifacts', 'groups'].map(
          (list) => child.get(`/api/v1/${list}`),
        ),
      )),
      await child.put(`${ofOther}/status`, { status: 'failed' }),
      await child.post(`${ofOther}/mlflowRun`, { mlflowRunId: 'ab'.repeat(16) }),
      await child.post(`/api/v1/jobs/${other}/log`, { data: [line] }),
      await child.post(`/api/v1/jobs/${other}/metrics`, { name: 'm', value: 1 }),
      await child.delete(`/api/v1/jobs/${jobId}`),
      await child.post('/api/worker/v1/claim', { pool: 'default', worker: 'the child' }),
      await child.post('/api/v1/users/current/tokens', { name: 'kept' }),
    ];

    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
  });
});
