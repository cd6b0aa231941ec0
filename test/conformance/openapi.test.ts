/** What schemathesis, from PyPI, makes of the OpenAPI document of the v1 API. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSchemathesisPython } from '../../infra/local/sample/python.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const isFull = process.env.FULL === '1';
/** What would end the session of the run itself. */
const ENDING = ['logout', 'changePassword', 'revokeToken', 'deleteCurrentUser', 'changePasswordOf'];

/** Rules between fields, the search language and states refuse what a schema cannot. */
const CONFIG = `
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 412, 422, 423]
`;

let server: TestServer;
let folder: string;
let program: string;
beforeAll(async () => {
  program = join(dirname(await ensureSchemathesisPython()), 'schemathesis');
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'assay-openapi-'));
  await writeFile(join(folder, 'schemathesis.toml'), CONFIG);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly printed: string;
  readonly cases: number;
}

const run = (args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const document = `${server.url}/api/v1/openapi.json`;
    const options = ['--checks', 'all', '--seed', '1', '--workers', '2', '--no-color'];
    const all = ['run', document, ...options, '--continue-on-failure', ...args];
    const limits = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, all, limits, (error, printed) => {
      const cases = Number(/([\d,]+) generated/.exec(printed)?.[1]?.replaceAll(',', ''));
      resolve({ code: error === null ? 0 : Number(error.code), printed, cases });
    });
  });

async function newToken(): Promise<string> {
  const account = { username: 'cases', email: 'cases@assay.test', password: 'a long password' };
  const post = (path: string, body: object, headers = {}) =>
    fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  await post('/users', { ...account, confirmPassword: account.password });
  const basic = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  const answer = await post('/users/current/tokens', { name: 'cases' }, headers);
  return ((await answer.json()) as { token: string }).token;
}

describe('generated calls', () => {
  it('of a signed-in user are answered as the document says', { timeout: 900_000 }, async () => {
    const excluded = ENDING.flatMap((id) => ['--exclude-operation-id', id]);
    const { code, printed, cases } = await run([
      ...['-H', `Authorization: Bearer ${await newToken()}`],
      ...(isFull ? ['--max-examples', '30'] : ['--max-examples', '8', '--phases', 'fuzzing']),
      // The token goes with every call, whatever else is made up: the next test has none.
      ...['--exclude-checks', 'ignored_auth'],
      ...excluded,
    ]);
    console.log(`schemathesis: ${cases} cases as a user`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(isFull ? 2_000 : 500);
  });

  it('of nobody are refused wherever the document says so', { timeout: 300_000 }, async () => {
    const { code, printed, cases } = await run(['--max-examples', '1', '--phases', 'fuzzing']);
    console.log(`schemathesis: ${cases} cases as nobody`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(50);
  });
});
