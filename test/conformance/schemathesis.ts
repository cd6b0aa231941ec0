import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureSchemathesisPython } from '../../infra/local/sample/python.ts';

const HOOKS = fileURLToPath(new URL('openapi-hooks.py', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly printed: string;
  readonly cases: number;
}

/** Runs all checks on what a document describes; nothing that is invalid may be accepted anywhere. */
export async function schemathesis(
  document: string,
  config: string,
  args: readonly string[],
): Promise<Outcome> {
  const python = await ensureSchemathesisPython();
  const folder = await mkdtemp(join(tmpdir(), 'assay-openapi-'));
  const file = join(folder, 'schemathesis.toml');
  await writeFile(file, `hooks = ${JSON.stringify(HOOKS)}\n${config}\n`);
  // One thread: with two, what a case finds there depends on the moment, and Python 3.11 stumbles over
  // nested lists that two make up (AST recursion depth mismatch). It is no slower: Python runs one at a time.
  const options = ['--checks', 'all', '--seed', '1', '--workers', '1', '--no-color'];
  // As a module: the program beside it names the folder that it was installed in.
  const program = ['-m', 'schemathesis.cli', '--config-file', file, 'run', document];
  const all = [...program, ...options, '--continue-on-failure', ...args];
  const limits = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  const outcome = await new Promise<Outcome>((resolve) => {
    execFile(python, all, limits, (error, printed) => {
      const cases = Number(/([\d,]+) generated/.exec(printed)?.[1]?.replaceAll(',', ''));
      // What ends by a signal has no code, which must not pass for none.
      const code = error === null ? 0 : Number(error.code ?? Number.NaN);
      resolve({ code, printed: printed + (error?.signal ?? ''), cases });
    });
  });
  await rm(folder, { recursive: true });
  return outcome;
}

const ACCOUNT = { username: 'cases', email: 'cases@assay.test', password: 'a long password' };

/** Headers of a new account on a test server. */
async function newAccount(url: string): Promise<Readonly<Record<string, string>>> {
  const body = JSON.stringify({ ...ACCOUNT, confirmPassword: ACCOUNT.password });
  const type = { 'content-type': 'application/json' };
  await fetch(`${url}/api/v1/users`, { method: 'POST', headers: type, body });
  const basic = Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64');
  return { ...type, authorization: `Basic ${basic}` };
}

/** A personal token of a new account on a test server: credentials of the run, not a header of each call. */
export async function newToken(url: string): Promise<string> {
  const headers = await newAccount(url);
  const body = JSON.stringify({ name: 'cases' });
  const answer = await fetch(`${url}/api/v1/users/current/tokens`, {
    method: 'POST',
    headers,
    body,
  });
  const { token } = (await answer.json()) as { readonly token: string };
  return `[auth.openapi.token]\nbearer = ${JSON.stringify(token)}`;
}

/** The password of a new account as the credentials of a run, and the headers that show it. */
export async function newPerson(url: string) {
  const headers = await newAccount(url);
  const { username, password } = ACCOUNT;
  const lines = [
    `username = ${JSON.stringify(username)}`,
    `password = ${JSON.stringify(password)}`,
  ];
  return { headers, settings: ['[auth.openapi.basic]', ...lines].join('\n') };
}
