import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../infra/local/serve-test.ts', import.meta.url));
const account = {
  username: 'anna',
  email: 'anna@assay.test',
  password: 'a password',
  confirmPassword: 'a password',
};

/** Its temporary files go below `folder`. */
function start(folder: string, ...args: readonly string[]): ChildProcess {
  const env = { ...process.env, TMPDIR: folder };
  return spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcess): Promise<{ code: number; errors: string }> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, errors };
}

describe('the test server', () => {
  let child: ChildProcess;
  let url = '';
  let printed = '';
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-serve-'));
    child = start(folder, '--port', '0');
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    while (!printed.includes('\n')) await once(child.stdout ?? child, 'data');
    url = printed.trim();
  });
  afterAll(async () => {
    const end = ended(child);
    child.kill('SIGTERM');
    expect(await end).toEqual({ code: 0, errors: '' });
    expect(printed).toBe(`${url}\n`);
    expect(await readdir(folder)).toEqual([]);
    await rmdir(folder);
  });

  const post = (path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const usage = async (query = '') =>
    JSON.parse(await (await fetch(`${url}/__counters${query}`)).text());

  it('listens on the loopback interface alone', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is empty after a reset, which takes less than 50 ms', async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const made = await post('/api/v1/users', account);
      expect([made.status, JSON.parse(await made.text()).id]).toEqual([200, 1]);
      expect((await post('/api/v1/users', account)).status).toBe(409);
      const startedAt = performance.now();
      const reset = await post('/__reset');
      times.push(performance.now() - startedAt);
      expect([reset.status, await reset.text()]).toEqual([204, '']);
    }

    // The median: other programs share this machine.
    expect(times.sort((a, b) => a - b)[2]).toBeLessThan(50);
  });

  it('counts what calls use', async () => {
    await usage('?reset=1');
    await post('/api/v1/users', account);
    const used = await usage('?reset=1');
    const nothing = await usage();

    expect(used.tableCalls).toBeGreaterThan(2);
    expect(used.writeUnits).toBeGreaterThan(0);
    expect(nothing).toMatchObject({ tableCalls: 0, readUnits: 0, writeUnits: 0 });
  });

  it('cannot be emptied by a page in a browser', async () => {
    const headers: readonly Record<string, string>[] = [
      { origin: url },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const each of headers) {
      expect((await post('/__reset', undefined, each)).status).toBe(403);
    }
    expect((await fetch(`${url}/__reset`)).status).toBe(404);
  });

  it('says so when its port is taken, or is none', async () => {
    const taken = await ended(start(folder, '--port', new URL(url).port));
    const none = await ended(start(folder, '--port', 'x'));

    expect(taken).toEqual({ code: 1, errors: 'The port is taken; choose another with --port.\n' });
    expect(none).toEqual({ code: 1, errors: '--port x is not a port; use one from 0 to 65535.\n' });
  });
});
