/** A server from PyPI as a peer, shown with one that has worker processes, as most of them have. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPeer } from './frame/peer.ts';
import { descendantsOf, useOf } from './frame/processes.ts';
import { type PypiServer, pypiPeer } from './frame/pypi-peer.ts';
import { measure } from './frame/rounds.ts';
import { gunicorn } from './gunicorn.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-pypi-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const started = async (server: PypiServer): Promise<RunningPeer> => {
  const answer = await pypiPeer(server, { folder }).start();
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
};

const isAlive = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** An application that tells the store's port, as it was set up and as its environment has it. */
const echoOf = (port: string | undefined): string => `
import os
def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [f"${port} {os.environ['STORE_PORT']}".encode()]
`;

describe('a server from PyPI', () => {
  it('is measured with its children, and gone after stop', { timeout: 300_000 }, async () => {
    const peer = await started(gunicorn);
    const pids = () => peer.pids.flatMap((pid) => [pid, ...descendantsOf(pid)]);
    if (process.platform === 'linux') await expect.poll(pids).toHaveLength(3);
    const running = pids();

    const cells = await measure([{ ...peer, name: gunicorn.name }], {
      scenarios: ['GET page'],
      clients: [2],
      rounds: 1,
      warmUpSeconds: 0,
      seconds: 0.5,
      signal: new AbortController().signal,
      onCell: () => undefined,
    }).finally(peer.stop);

    const [cell] = cells;
    expect(cell?.requests).toBeGreaterThan(10);
    expect(await isAlive(peer.url)).toBe(false);
    if (process.platform !== 'linux') return;
    // The master itself only waits: what was used is its workers'.
    expect(cell?.cpuMsPerRequest).toBeGreaterThan(0);
    expect(cell?.rssMb).toBeGreaterThan(30);
    expect(running.filter((pid) => useOf([pid]) !== undefined)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('goes with a benchmark that is killed', async () => {
    const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const script = `
      const { pypiPeer } = await import(${module('./frame/pypi-peer.ts')});
      const { gunicorn } = await import(${module('./gunicorn.ts')});
      await pypiPeer(gunicorn, { folder: ${JSON.stringify(join(folder, 'killed'))} }).start();
      console.log('ready');`;
    const bench = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(bench.stdout, 'data');
    const running = descendantsOf(bench.pid ?? 0);

    bench.kill('SIGKILL');

    const alive = () => running.filter((pid) => useOf([pid]) !== undefined);
    expect(running.length).toBeGreaterThan(1);
    await expect.poll(alive, { timeout: 10_000 }).toEqual([]);
  });

  it('is left out, with a hint, where a store that it needs is not installed', async () => {
    const store = { program: 'no-such-program', install: 'Ask a wizard.', args: () => [] };

    const answer = await pypiPeer({ ...gunicorn, stores: [store] }, { folder }).start();

    expect(answer).toBe('no-such-program is not installed. Ask a wizard.');
  });

  it('has its stores beside it, told apart, and what it must find', {
    timeout: 300_000,
  }, async () => {
    const peer = await started({
      ...gunicorn,
      stores: [{ program: 'sleep', install: '', args: () => ['600'] }],
      env: ({ storePorts }) => ({ STORE_PORT: `${storePorts[0]}` }),
      setUp: ({ folder: own, env }) => writeFile(join(own, 'echo.py'), echoOf(env.STORE_PORT)),
      command: ({ port }) => ['gunicorn', '--bind', `127.0.0.1:${port}`, 'echo:app'],
    });
    const isLinux = process.platform === 'linux';
    const before = peer.storePids.map((pid) => useOf([pid]));

    const text = await (await fetch(peer.url)).text();
    await peer.stop();

    expect(text).toMatch(/^(\d+) \1$/);
    expect(peer.storePids).toHaveLength(1);
    expect(peer.pids).not.toContain(peer.storePids[0]);
    if (isLinux) expect(before).not.toContain(undefined);
    expect(peer.storePids.map((pid) => useOf([pid]))).toEqual([undefined]);
  });

  it('shows the end of its log when it does not start', { timeout: 300_000 }, async () => {
    const broken: PypiServer = {
      ...gunicorn,
      command: ({ port }) => ['gunicorn', '--bind', `127.0.0.1:${port}`, 'no_such_module:app'],
    };

    await expect(started(broken)).rejects.toThrow(
      /gunicorn did not start\. Its log ends with:[\s\S]*no_such_module/,
    );
  });
});
