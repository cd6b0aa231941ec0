/** What schemathesis, from PyPI, makes of the OpenAPI document of the v1 API. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSchemathesisPython } from '../../infra/local/sample/python.ts';
import type { Json } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { acceptedStatuses, needless } from './openapi-refusals.ts';

const isFull = process.env.FULL === '1';
/** What would end the session of the run itself. */
const ENDING = ['logout', 'changePassword', 'revokeToken', 'deleteCurrentUser', 'changePasswordOf'];

const HOOKS = fileURLToPath(new URL('openapi-hooks.py', import.meta.url));

let server: TestServer;
let folder: string;
let python: string;
let operations: readonly Json[];
beforeAll(async () => {
  python = await ensureSchemathesisPython();
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'assay-openapi-'));
  const { paths } = (await (await fetch(documentUrl())).json()) as Json;
  operations = Object.values(paths).flatMap((item) => Object.values(item as object));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const documentUrl = (): string => `${server.url}/api/v1/openapi.json`;

interface Outcome {
  readonly code: number;
  readonly printed: string;
  readonly cases: number;
}

/** Runs all checks; nothing that is invalid may be accepted anywhere. */
async function run(config: string, args: readonly string[]): Promise<Outcome> {
  const file = join(folder, 'schemathesis.toml');
  await writeFile(file, `hooks = ${JSON.stringify(HOOKS)}\n${config}\n`);
  const options = ['--checks', 'all', '--seed', '1', '--workers', '2', '--no-color'];
  // As a module: the program beside it names the folder that it was installed in.
  const program = ['-m', 'schemathesis.cli', '--config-file', file, 'run', documentUrl()];
  const all = [...program, ...options, '--continue-on-failure', ...args];
  const limits = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(python, all, limits, (error, printed) => {
      const cases = Number(/([\d,]+) generated/.exec(printed)?.[1]?.replaceAll(',', ''));
      resolve({ code: error === null ? 0 : Number(error.code), printed, cases });
    });
  });
}

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
  it('are refused for reasons that some operation has', () => {
    expect(needless(operations)).toEqual([]);
  });

  it('of a signed-in user are answered as the document says', { timeout: 1_800_000 }, async () => {
    // A credential of the run, not a header of each call: the checks leave it out, and send wrong ones.
    const token = `[auth.openapi.token]\nbearer = ${JSON.stringify(await newToken())}`;
    const { code, printed, cases } = await run(`${acceptedStatuses(operations)}\n${token}`, [
      ...(isFull ? ['--max-examples', '30'] : ['--max-examples', '8', '--phases', 'fuzzing']),
      ...ENDING.flatMap((id) => ['--exclude-operation-id', id]),
    ]);
    console.log(`schemathesis: ${cases} cases as a user`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(isFull ? 2_000 : 500);
  });

  it('of nobody are refused wherever the document says so', { timeout: 300_000 }, async () => {
    const config = acceptedStatuses(operations, [401, 403]);
    const { code, printed, cases } = await run(config, [
      ...['--max-examples', '1', '--phases', 'fuzzing'],
    ]);
    console.log(`schemathesis: ${cases} cases as nobody`);

    expect([code, code === 0 ? '' : printed]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(50);
  });
});
