import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, type TestApp, type TestUser, testApp } from '../../support/app.ts';

const TOKENS = '/api/v1/workerTokens';
const DAY = 86_400_000;

let app: TestApp;
let admin: TestUser;
beforeEach(async () => {
  app = testApp({
    pools: [
      { name: 'default', kind: 'managed' },
      { name: 'gpu', kind: 'external' },
    ],
  });
  admin = await app.newUser();
});
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** What asking for a job answers: nobody's credentials, another pool's, or no job. */
const claim = async (worker: Client, pool = 'gpu'): Promise<number> => {
  const wish = { pool, worker: 'at home', waitSeconds: 0 };
  return (await worker.post('/api/worker/v1/claim', wish)).status;
};

describe('worker tokens', () => {
  it('let workers of their pool in, and no others', async () => {
    const { body } = await admin.post(TOKENS, { pool: 'gpu', name: 'the box below my desk' });

    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'the box below my desk',
      pool: 'gpu',
      token: expect.stringMatching(/^asw_gpu_[A-Za-z0-9_-]{43}$/),
      createdOn: '2026-01-01T00:00:00.000000+00:00',
      expiresOn: '2026-01-31T00:00:00.000000+00:00',
    });
    expect(await claim(app.bearer(body.token))).toBe(200);
    expect(await claim(app.bearer(body.token), 'default')).toBe(403);
  });

  it('are listed without their text, and without those of the launcher', async () => {
    const made = await admin.post(TOKENS, { pool: 'gpu' });
    await app.newWorkerToken();
    const list = await admin.get(TOKENS);
    const { token, ...shown } = made.body;

    expect(list.body).toEqual({ data: [shown] });
    expect(list.text).not.toContain('asw_');
  });

  it('are for pools that there are; a refusal names these', async () => {
    for (const pool of ['cpu', 'GPU', '../gpu', 'gpu#x']) {
      expect(await admin.post(TOKENS, { pool })).toMatchObject({
        status: 400,
        body: {
          message: expect.stringContaining('one of: default, gpu.'),
          detail: { field: 'pool', pools: ['default', 'gpu'] },
        },
      });
    }
    expect((await admin.get(TOKENS)).body.data).toEqual([]);
  });

  it.each([0, 367, 1.5, '30'])('refuse to last %j days', async (days) => {
    expect((await admin.post(TOKENS, { pool: 'gpu', days })).status).toBe(400);
  });

  it('end by themselves', async () => {
    const { token } = (await admin.post(TOKENS, { pool: 'gpu', days: 366 })).body;
    app.clock.advance(366 * DAY - 1);
    const before = await claim(app.otherProcess().bearer(token));
    app.clock.advance(1);

    expect([before, await claim(app.otherProcess().bearer(token))]).toEqual([200, 401]);
  });

  it('are refused once revoked: here at once, elsewhere within 5 seconds of constant use', async () => {
    const { id, token } = (await admin.post(TOKENS, { pool: 'gpu' })).body;
    const [here, elsewhere] = [app.bearer(token), app.otherProcess().bearer(token)];
    expect([await claim(here), await claim(elsewhere)]).toEqual([200, 200]);

    expect((await admin.delete(`${TOKENS}/${id}`)).status).toBe(200);

    expect(await claim(here)).toBe(401);
    for (let second = 1; second <= 5; second += 1) {
      app.clock.advance(1_000);
      await claim(elsewhere);
    }
    expect(await claim(elsewhere)).toBe(401);
    expect((await admin.get(TOKENS)).body.data).toEqual([]);
    expect((await admin.delete(`${TOKENS}/${id}`)).status).toBe(404);
  });

  it('leave the others when one is revoked', async () => {
    const [one, two] = [
      (await admin.post(TOKENS, { pool: 'gpu' })).body,
      (await admin.post(TOKENS, { pool: 'gpu' })).body,
    ];
    await admin.delete(`${TOKENS}/${one.id}`);

    expect(await claim(app.bearer(two.token))).toBe(200);
    expect((await admin.get(TOKENS)).body.data).toMatchObject([{ id: two.id }]);
  });
});

describe('administrators', () => {
  it('are those with the flag admin in the group public, within 5 seconds of any change', async () => {
    const other = await app.newUser();
    const group = await app.newGroup(other);
    const ofAnother = await other.post(TOKENS, { pool: 'gpu' });
    await app.join(other, { id: 1, name: 'public' }, { read: true, owner: true, write: true });
    const owning = await other.post(TOKENS, { pool: 'gpu' });
    await app.join(other, { id: 1, name: 'public' }, { read: true, admin: true });
    const named = await other.post(TOKENS, { pool: 'gpu' });
    const elsewhere = app.otherProcess().client({ cookie: other.cookie });
    await elsewhere.get(TOKENS);
    await app.join(other, { id: 1, name: 'public' }, { read: true });
    app.clock.advance(5_000);

    expect(group.id).not.toBe(1);
    expect([ofAnother.status, owning.status, named.status]).toEqual([403, 403, 200]);
    expect((await elsewhere.get(TOKENS)).status).toBe(403);
  });
});
