/** G9: a file of any size goes from a real child into the store through no one's memory. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { type LargeJob, markAt, STEP, setUpLargeJob } from './large-job.ts';

const MIB = 1024 * 1024;
const FULL = process.env.FULL === '1';
const SIZE = (FULL ? 5 * 1024 : 160) * MIB + 4321;
/** Enough for garbage to pile up as far as it ever does. */
const WARM_UP = (FULL ? 512 : 70) * MIB;
/** More than garbage that waits, far less than the file. */
const MAX_GROWTH = 60 * MIB;
const MINUTES = 15;
const RANGE = 64 * 1024;

let cluster: Cluster;
let large: LargeJob;
beforeAll(async () => {
  cluster = await startCluster(['large']);
  large = await setUpLargeJob(cluster, 'large');
});
afterAll(() => cluster.close());

const memoryOf = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
};

/** Runs a job; gives it when it has ended, with what each process held meanwhile. */
async function run(size: number, pids: readonly number[]) {
  const id = await large.submit(size);
  const held: number[][] = pids.map(() => []);
  for (;;) {
    for (const [at, pid] of pids.entries()) held[at]?.push(memoryOf(pid));
    const job = await cluster.get(`/api/v1/jobs/${id}`);
    if (/finished|failed/.test(job.status)) return { job, held };
    await sleep(250);
  }
}

/** How much more was held at most in the second half than ever before. */
function growthOf(before: readonly number[], held: readonly number[]): number {
  const half = Math.floor(held.length / 2);
  return Math.max(...held.slice(half)) - Math.max(...before, ...held.slice(0, half));
}

// /proc tells the memory of a process; elsewhere the test is left out.
it.runIf(process.platform === 'linux')(
  `a file of ${Math.floor(SIZE / MIB)} MiB takes no memory of its size, and can be had in ranges`,
  { timeout: MINUTES * 60_000 },
  async () => {
    const worker = cluster.startWorker('large');
    const pids = [cluster.apiPid(), worker.process.pid ?? 0];
    const before = await run(WARM_UP, pids);
    const began = performance.now();

    const { job, held } = await run(SIZE, pids);

    const seconds = (performance.now() - began) / 1000;
    expect([before.job.status, job.status, job.reason]).toEqual(['finished', 'finished', null]);
    const growth = held.map((samples, at) => growthOf(before.held[at] ?? [], samples));
    const [ofApi = 0, ofWorker = 0] = growth.map((bytes) => Math.round(bytes / MIB));
    console.info(
      `${Math.floor(SIZE / MIB)} MiB in ${seconds.toFixed(1)} s, memory grew by ${ofApi} MiB (API) and ${ofWorker} MiB (worker)`,
    );
    for (const bytes of growth) expect(bytes).toBeLessThan(MAX_GROWTH);
    await expectRanges(await locationOf(job.artifacts[0].id));
  },
);

/** Where the bytes of an artifact are, without fetching them. */
async function locationOf(artifact: number): Promise<string> {
  const url = `${cluster.recorder.url}/api/v1/artifacts/${artifact}/contents`;
  const headers = { authorization: `Basic ${btoa('alice:a long enough password')}` };
  const answer = await fetch(url, { headers, redirect: 'manual' });
  expect(answer.status).toBe(302);
  return answer.headers.get('location') ?? '';
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every mark is where it belongs, and holes are between them, up to the last byte. */
async function expectRanges(url: string): Promise<void> {
  for (let start = 0; start < SIZE; start += STEP) {
    const last = Math.min(start + RANGE, SIZE) - 1;
    const answer = await fetch(url, { headers: { range: `bytes=${start}-${last}` } });
    const expected = Buffer.alloc(last - start + 1);
    expected.write(markAt(start));
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${last}/${SIZE}`);
    expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(sha256(expected));
  }
  const tail = await fetch(url, { headers: { range: 'bytes=-100' } });
  expect(Buffer.from(await tail.arrayBuffer()).equals(Buffer.alloc(100))).toBe(true);
}
