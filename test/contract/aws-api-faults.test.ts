/** P17, P18, P19: the whole API on AWS's adapters while the table is throttled, slow or cut off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsPlatform } from '#aws/context.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { repositories } from '#entry/repositories.ts';
import type { Json } from '../support/app.ts';
import { startTestEmulator } from '../support/emulator.ts';
import {
  dynamoError,
  type Fault,
  type ProxiedCall,
  startFaultProxy,
} from '../support/fault-proxy.ts';
import { AWS_LIMITS, gatewayRunner } from '../support/gateway/runner.ts';
import { createTable, emulatorClients } from './aws-support.ts';

const FULL = process.env.FULL === '1';
const CALLS = FULL ? 60 : 24;
/** When the gateway hangs up: no later than the deployment's. */
const LIMIT_MS = 29_000;
const EXPERIMENTS = '/api/v1/experiments';

const emulator = await startTestEmulator();
const proxy = await startFaultProxy(emulator.endpoint);
const direct = emulatorClients(emulator.endpoint);
const platform = awsPlatform({
  tableName: await createTable(direct.dynamo()),
  bucket: 'none',
  queues: {},
  repositories,
  settings: {
    registration: 'open',
    pools: [{ name: 'default', kind: 'managed' }],
    passwordLogN: 10,
    version: 'test',
  },
  log: { info: () => undefined, error: () => undefined },
  aws: {
    endpoint: proxy.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  },
});
const limits = { ...AWS_LIMITS, timeoutMs: LIMIT_MS };
const gateway = await gatewayRunner(lambdaHandler(platform), { limits });

interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Json;
  readonly ms: number;
}

let headers: Record<string, string> = {};
async function call(method: string, path: string, body?: object, key?: string): Promise<Reply> {
  const from = performance.now();
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const retryAfter = answer.headers.get('retry-after');
  const ms = performance.now() - from;
  return { status: answer.status, retryAfter, body: await answer.json(), ms };
}

beforeAll(async () => {
  const password = 'a long enough password';
  const account = { username: 'alice', email: 'alice@assay.test', password };
  const made = await call('POST', '/api/v1/users', { ...account, confirmPassword: password });
  expect(made.status).toBe(200);
  headers = { authorization: `Basic ${btoa(`alice:${password}`)}` };
  expect((await call('GET', EXPERIMENTS)).status).toBe(200);
});
afterAll(async () => {
  await gateway.stop();
  await direct.destroy();
  await proxy.stop();
  await emulator.stop();
});

const isCall = ({ operation }: ProxiedCall): boolean => operation !== '';
/** So many of a hundred calls, spread evenly. */
const some =
  (percent: number, fault: Fault) =>
  (asked: ProxiedCall): Fault =>
    isCall(asked) && (asked.before * 37) % 100 < percent ? fault : 'pass';
const throttled = dynamoError('ProvisionedThroughputExceededException');

type Mood = readonly [title: string, decide: (call: ProxiedCall) => Fault];
const MOODS: readonly Mood[] = [
  ['half of all calls are throttled (P18)', some(50, dynamoError('ThrottlingException'))],
  ['all calls are throttled (P18)', some(100, throttled)],
  ['every call takes two seconds (P19)', some(100, { delayMs: 2_000 })],
  ['half of all answers are lost (P19)', some(50, 'drop-answer')],
];
const MORE: readonly Mood[] = [
  ['a tenth of all calls is throttled (P18)', some(10, throttled)],
  ['half of all lines are reset (P19)', some(50, 'reset')],
  ['half of all bodies are cut (P19)', some(50, 'cut-answer')],
  ['a third of all calls hangs (P19)', some(33, { delayMs: 8_000 })],
];

const named = async (name: string): Promise<readonly Json[]> =>
  (await call('GET', `${EXPERIMENTS}?search=name:'${name}'`)).body.data;

let moods = 0;
describe.each(FULL ? [...MOODS, ...MORE] : MOODS)('while %s', (_title, decide) => {
  it('calls are answered in time, by success or by "try again", and nothing is half made', async () => {
    moods += 1;
    const names = Array.from({ length: CALLS }, (_, at) => `mood ${moods} number ${at}`);
    const make = (name: string) =>
      call('POST', EXPERIMENTS, { group: 1, name, description: '' }, name);
    proxy.setFaults(decide);

    const replies = await Promise.all(names.map(make));
    const read = await Promise.all(names.slice(0, 4).map(() => call('GET', EXPERIMENTS)));
    proxy.setFaults(() => 'pass');

    for (const { status, retryAfter, ms, body } of [...replies, ...read]) {
      // 409: it was done, but nobody can tell its answer.
      const isFine = status === 200 || (status === 409 && body.detail?.changed !== undefined);
      expect(isFine || retryAfter !== null, `${status} ${JSON.stringify(body)}`).toBe(true);
      expect([200, 409, 429, 503]).toContain(status);
      expect(ms).toBeLessThan(LIMIT_MS);
    }
    for (const [at, name] of names.entries()) {
      const found = await named(name);
      expect(found.length).toBeLessThanOrEqual(1);
      if (replies[at]?.status === 200) expect(found).toHaveLength(1);
      for (const { id } of found) {
        expect((await call('GET', `${EXPERIMENTS}/${id}`)).body).toMatchObject({ id, name });
      }
      const again = await make(name);
      expect([200, 409]).toContain(again.status);
      expect(await named(name)).toHaveLength(1);
    }
  }, 120_000);
});
