/** A server from PyPI as a peer, shown with one that has worker processes, as most of them have. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
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
