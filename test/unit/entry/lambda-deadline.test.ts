/** P17: a call that takes too long is answered before the function is ended, and what it left behind costs no answer. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import type { Platform } from '#kernel/context.ts';
import { type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { AWS_LIMITS, type Gateway, gatewayRunner } from '../../support/gateway/runner.ts';
import { jobBody, setUpJobs } from '../../support/jobs.ts';

const TIMEOUT_MS = 3_000;
const NEVER = new Promise<never>(() => undefined);

let app: TestApp;
let alice: TestUser;
let gateway: Gateway;
let hangs: (name: string) => boolean = () => false;

/** Ports that, once told to, never answer. */
const platformOf = ({ platform }: TestApp): Platform => ({
  ...platform,
  table: {
    ...platform.table,
    get: (...call) => (hangs('get') ? NEVER : platform.table.get(...call)),
  },
  background: { start: () => (hangs('start') ? NEVER : Promise.resolve()) },
});

beforeEach(async () => {
  app = testApp({ pools: [{ name: 'default', kind: 'managed' }] });
  alice = await app.newUser();
  const limits = { ...AWS_LIMITS, timeoutMs: TIMEOUT_MS };
  gateway = await gatewayRunner(lambdaHandler(platformOf(app)), { limits });
});
afterEach(async () => {
  hangs = () => false;
  await gateway.stop();
  await app.close();
});

async function call(method: string, path: string, body?: unknown) {
  const authorization = `Basic ${btoa(`${alice.username}:${alice.password}`)}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const from = performance.now();
  const answer = await fetch(`${gateway.url}${path}`, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { answer, body: JSON.parse(text), ms: performance.now() - from };
}

it('a store that never answers: 503 with Retry-After, in time', async () => {
  expect((await call('GET', '/api/v1/users/current')).answer.status).toBe(200);
  hangs = (name) => name === 'get';

  const { answer, body, ms } = await call('GET', '/api/v1/queues/1');

  expect(ms).toBeLessThan(TIMEOUT_MS);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(body).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
});

it('work behind the answer that never ends: the answer arrives all the same', async () => {
  const [group] = (await alice.get('/api/v1/users/current')).body.groups;
  const setup = await setUpJobs(alice, { group: group.id, queues: ['default'] });
  hangs = (name) => name === 'start';

  const { answer, body } = await call(
    'POST',
    `/api/v1/experiments/${setup.experiment}/jobs`,
    jobBody(setup),
  );

  expect([answer.status, body.status]).toEqual([200, 'queued']);
});
