import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Local, startLocal } from '../../functions/entry/local.ts';
import { freePort } from '../../infra/local/process.ts';
import { checkPlace, checkPython, safeUrl } from '../../infra/local/worker-check.ts';
import { jobLines } from '../../infra/local/worker-lines.ts';

let folder: string;
let local: Local;
let token: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-worker-check-'));
  local = await startLocal({
    folder,
    port: 0,
    registration: 'open',
    pools: [
      { name: 'default', kind: 'managed' },
      { name: 'gpu', kind: 'external' },
    ],
    log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
  });
  token = await local.createWorkerToken('gpu');
});
afterAll(async () => {
  await local.close();
  rmSync(folder, { recursive: true });
});

const check = (change: object) => checkPlace({ url: local.url, token, pool: 'gpu', ...change });

describe('npm run worker, before it starts', () => {
  it('accepts a token of the pool', async () => {
    await expect(check({})).resolves.toBeUndefined();
  });

  it('says how to get a token when it is refused, and never shows it', async () => {
    const wrong = `${token}x`;
    const refusal: unknown = await check({ token: wrong }).catch((error: unknown) => error);

    expect(String(refusal)).toContain('wrong or has expired');
    expect(String(refusal)).toContain('POST /api/v1/workerTokens {"pool": "NAME", "days": 30}');
    expect(String(refusal)).not.toContain(token);
    await expect(check({ pool: 'default' })).rejects.toThrow('is not one of the pool "default"');
  });

  it('says that nobody answers, or somebody else', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(check({ url })).rejects.toThrow(`${url} cannot be reached: `);
    const other = createServer((_, response) => void response.end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { readonly port: number };

    const foreign = check({ url: `http://127.0.0.1:${port}` });

    await expect(foreign).rejects.toThrow('answers, but not as Assay (HTTP 200)');
    other.close();
  });

  it.each([
    ['https://x.example/', 'https://x.example'],
    ['https://x.example/live/', 'https://x.example/live'],
    ['http://localhost:8787', 'http://localhost:8787'],
  ])('takes %s', (text, url) => {
    expect(safeUrl('--url', text)).toBe(url);
  });

  it.each([
    ['x.example', 'is not a URL'],
    ['ftp://x.example', 'is not a URL'],
    ['http://x.example', 'is not encrypted'],
    ['http://127.0.0.1.x.example', 'is not encrypted'],
  ])('does not send the token to %s', (text, why) => {
    expect(() => safeUrl('--url', text)).toThrow(why);
  });
});

describe('an environment of one’s own', () => {
  const { signal } = new AbortController();

  it('is refused when nothing is there', async () => {
    await expect(checkPython('/nowhere', signal)).rejects.toThrow('no Python at /nowhere');
  });

  it('is refused without what jobs need, with the call that installs it', async () => {
    const python = join(folder, 'bare-python');
    const error = "ModuleNotFoundError: No module named 'structlog'";
    writeFileSync(python, `#!/bin/sh\necho "${error}" >&2\nexit 1\n`, { mode: 0o700 });

    const refused = checkPython(python, signal);

    await expect(refused).rejects.toThrow(`${python} cannot run jobs (${error})`);
    await expect(refused).rejects.toThrow(`${python} -m pip install --no-deps -r functions/`);
    await expect(refused).rejects.toThrow('-r functions/worker/runtimes/mlproject/requirements-');
  });

  it('is taken with it', async () => {
    const python = join(folder, 'full-python');
    writeFileSync(python, '#!/bin/sh\nexit 0\n', { mode: 0o700 });

    expect(await checkPython(python, signal)).toBe(python);
  });
});

describe('what people read of the worker', () => {
  it('is a line when a job starts, and one when it ends', () => {
    let time = 0;
    const read = jobLines(() => time);
    const event = (name: string, facts: object = {}) =>
      read(JSON.stringify({ time: '', event: name, ...facts }));

    const lines = [
      ...event('worker_started', { pool: 'gpu' }),
      ...event('job_started', { jobId: 3, attempt: 1 }),
    ];
    time = 2_340;
    lines.push(
      ...event('job_ended', { jobId: 3, attempt: 1, end: 'finished' }),
      ...event('job_started', { jobId: 4, attempt: 2 }),
      ...event('job_ended', { jobId: 4, attempt: 2, end: 'released' }),
      ...event('waiting_failed', { error: 'no answer' }),
      ...event('waiting_failed', { error: 'no answer' }),
      ...read('no JSON'),
    );

    expect(lines).toEqual([
      'job 3 started',
      'job 3 finished after 2.3 s',
      'job 4 (attempt 2) started',
      'job 4 (attempt 2) was given back after 0.0 s',
      'asking for jobs fails, and is tried again: no answer',
    ]);
  });
});
