/** MLflow's own client with Oracle's address as its tracking server. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import type { Json } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { base } from '../surface/oracle/support.ts';

const script = fileURLToPath(new URL('mlflow-oracle.py', import.meta.url));
const account = { username: 'dana', email: 'dana@assay.test', password: 'a long password' };

let server: TestServer;
let home: string;
let group: number;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-oracle-'));
  server = await startTestServer();
  await post('/users', { ...account, confirmPassword: account.password }, {});
  group = (await post('/groups', { name: 'fraud models' }, { authorization })).id;
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;

async function post(path: string, body: object, credentials: object): Promise<Json> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: JSON.stringify(body),
  });
  return answer.json();
}

it('works unmodified in a workspace, redirects of its files included', {
  timeout: 300_000,
}, async () => {
  const python = await ensureMlflowPython();
  const env = {
    HOME: home,
    MLFLOW_TRACKING_URI: `${server.url}${base(group)}`,
    MLFLOW_TRACKING_USERNAME: account.username,
    MLFLOW_TRACKING_PASSWORD: account.password,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
  };
  const { stdout } = await promisify(execFile)(python, [script], { env, cwd: home });

  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    metrics: { loss: 1 / 3 },
    params: { rate: '0.1' },
    team: 'risk',
    status: 'FINISHED',
    history: [0, 1, 2],
    sizes: [0, 1_000, 30_000_000],
    found: ['outer'],
    best: '1',
    twin: 'RESOURCE_ALREADY_EXISTS',
    missing: 'RESOURCE_DOES_NOT_EXIST',
    invalid: 'INVALID_PARAMETER_VALUE',
  });
});
