/** The page of examples, done to the letter: its blocks, one after the other, on a new server. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const page = fileURLToPath(
  new URL('../../../functions/surfaces/dioptra/by-example.md', import.meta.url),
);
const ACCOUNT = {
  username: 'ann',
  email: 'ann@assay.test',
  password: 'a pass word',
  confirmPassword: 'a pass word',
};

let server: TestServer;
let folder: string;
let token: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-examples-'));
  server = await startTestServer();
  const post = async (path: string, body: object) => {
    const authorization = `Basic ${btoa(`${ACCOUNT.username}:${ACCOUNT.password}`)}`;
    const headers = path === '/users' ? {} : { authorization };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${server.url}/api/v1${path}`, init)).json();
  };
  await post('/users', ACCOUNT);
  ({ token } = (await post('/users/current/tokens', { name: 'examples' })) as { token: string });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

it('the blocks of the page do what it says', async () => {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```bash\n(.*?)^```$/gms)];
  const script = ['set -eo pipefail', ...blocks.map(([, block = '']) => block)].join('\n');

  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    env: { ...process.env, U: server.url, T: token },
  });

  expect(blocks.length).toBeGreaterThanOrEqual(6);
  expect(stdout).toContain('"message":"successfully imported"');
  expect(stdout).toMatch(/"swapName":"HOW","taskAlias":"by_number"/);
  expect(stdout).toMatch(/"status":"failed","reason":"cancelled"/);
  expect(stdout).toMatch(/"valid":true.*\n.*Steps need each other in a circle.*\n+refused\n/);
  expect(stdout).toMatch(/(\{"id":\d+,"name":"nightly"\})\n\1\n/);
  expect(stdout).toContain('"description":"of two kinds"');
});
