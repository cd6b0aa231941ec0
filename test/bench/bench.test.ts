import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantile, toCell } from './frame/figures.ts';
import { applyLoad, WrongAnswer } from './frame/load.ts';
import { isBusy } from './frame/machine.ts';
import { descendantsOf, useOf } from './frame/processes.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

it.each([
  { loadBefore: 1.5, cores: 2, busy: false },
  { loadBefore: 1.6, cores: 2, busy: true },
  { loadBefore: 6, cores: 8, busy: false },
])('a load of $loadBefore on $cores cores: busy is $busy', ({ busy, ...load }) => {
  expect(isBusy(load)).toBe(busy);
});

describe('figures', () => {
  it('gives the quantiles of numbers in any order', () => {
    const numbers = Array.from({ length: 100 }, (_, at) => 100 - at);

    expect(quantile(numbers, 0.5)).toBe(50);
    expect(quantile(numbers, 0.99)).toBe(99);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('divides CPU by all requests, and knows none when a turn knows none', () => {
    const turn = (cpuMs: number, latencies: number[]) => ({
      load: { seconds: 1, latencies },
      server: { cpuMs, rssBytes: 5_000_000 },
      store: undefined,
      clientCpuMs: 4,
    });

    const cell = toCell({ scenario: 's', clients: 1, peer: 'p' }, [
      turn(10, [1, 2, 3]),
      turn(20, [4]),
    ]);

    expect(cell).toMatchObject({ requests: 4, cpuMsPerRequest: 7.5, p50Ms: 2, p99Ms: 4, rssMb: 5 });
    expect(cell.perSecond).toEqual({ median: 1, least: 1, most: 3 });
    expect(cell).not.toHaveProperty('storeCpuMsPerRequest');
  });
});

describe('the load', () => {
  let connections = 0;
  let answers = 0;
  const server = createServer((_, response) => {
    answers += 1;
    response.statusCode = answers === 500 ? 503 : 200;
    response.end('an answer');
  });
  server.on('connection', () => {
    connections += 1;
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const load = (ms: number) =>
    applyLoad({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      headers: {},
      next: () => ({ method: 'GET', path: '/' }),
      clients: 3,
      warmUpMs: 10,
      ms,
      signal: new AbortController().signal,
    });

  it('asks over as many connections as there are clients, and keeps them', async () => {
    const { latencies, seconds } = await load(20);

    expect(connections).toBe(3);
    expect(latencies.length).toBeGreaterThan(3);
    expect(latencies.length).toBeLessThan(answers);
    expect(seconds).toBeGreaterThanOrEqual(0.02);
  });

  it('stops at an answer that is not 200', async () => {
    await expect(load(20_000)).rejects.toThrow(WrongAnswer);
  });
});

it.runIf(process.platform === 'linux')('sees what a process uses, and its children', async () => {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  const pid = busy.pid ?? 0;
  const before = useOf([pid])?.cpuMs ?? 0;
  await expect.poll(() => useOf([pid])?.cpuMs, { timeout: 5_000 }).toBeGreaterThan(before + 50);

  expect(descendantsOf(process.pid)).toContain(pid);
  expect(useOf([pid])?.rssBytes).toBeGreaterThan(1_000_000);

  busy.kill('SIGKILL');
  await once(busy, 'exit');
  expect(useOf([pid])).toBeUndefined();
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the benchmark and remembers every process below it. */
function start(args: readonly string[]) {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: 'pipe' });
  let printed = '';
  const seen = new Set<number>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const watch = setInterval(() => {
    for (const pid of descendantsOf(child.pid ?? 0)) seen.add(pid);
  }, 50);
  const ended = once(child, 'close').then(([code]) => {
    clearInterval(watch);
    return { code, printed };
  });
  const alive = () => [...seen].filter((pid) => useOf([pid]) !== undefined);
  return { child, ended, seen, alive, printed: () => printed };
}

describe('npm run bench', () => {
  it('measures, keeps its figures and leaves no process', { timeout: 240_000 }, async () => {
    const out = join(folder, 'results');
    const run = start(['--quick', '--only', 'experiment', '--out', out]);

    const { code, printed } = await run.ended;
    const [file = ''] = await readdir(out);
    const results = JSON.parse(await readFile(join(out, file), 'utf8'));

    expect(code, printed).toBe(0);
    expect(printed).toContain('GET experiment');
    for (const scenario of ['GET experiment', 'list page of 10 experiments', 'POST experiment']) {
      expect(results.cells).toContainEqual(
        expect.objectContaining({ scenario, peer: 'embedded', requests: expect.any(Number) }),
      );
    }
    expect(results.units.length).toBeGreaterThan(10);
    if (process.platform === 'linux') expect(run.seen.size).toBeGreaterThan(4);
    expect(run.alive()).toEqual([]);
    expect(await readdir(folder)).toEqual(['results']);
  });

  it.runIf(process.platform === 'linux')(
    'takes its servers with it when it is killed',
    { timeout: 240_000 },
    async () => {
      const run = start(['--quick', '--no-save']);
      await expect.poll(run.printed, { timeout: 200_000 }).toContain('GET experiment, 2 clients');
      const running = run.alive();

      run.child.kill('SIGKILL');
      await run.ended;

      expect(running.length).toBeGreaterThan(1);
      await expect.poll(run.alive, { timeout: 15_000 }).toEqual([]);
    },
  );

  it('says what it does not understand', async () => {
    const wrong = async (...args: string[]) => start(args).ended;

    expect(await wrong('nothing')).toEqual({ code: 1, printed: 'There is no suite nothing.\n' });
    expect((await wrong('--seconds', 'soon')).printed).toContain('--seconds soon is not a number');
    expect((await wrong('--fast')).code).toBe(1);
  });
});
