/** P21: processes whose clocks are five seconds off to either side, workers that are ten minutes off; P9: very long jobs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerToken, sweepJobs } from '#domain/jobs/index.ts';
import type { Json, TestApp } from '../../../support/app.ts';
import { jobBody } from '../../../support/jobs.ts';
import { type JobBench, LEASE_MS, messagesOf, openJobBench } from './job-bench.ts';

const SKEW_MS = 5_000;
const HEARTBEAT_MS = 10_000;

let bench: JobBench;
let behind: TestApp;
let ahead: TestApp;
let token: string;
beforeEach(async () => {
  bench = await openJobBench();
  [behind, ahead] = [bench.app.otherProcess(-SKEW_MS), bench.app.otherProcess(SKEW_MS)];
  token = await bench.app.newWorkerToken();
});
afterEach(() => bench.app.close());

const worker = (by: TestApp, path: string, body: object) =>
  by.bearer(token).post(`/api/worker/v1${path}`, body);
async function claimBy(by: TestApp, jobId: number): Promise<Json> {
  const wish = { pool: 'default', worker: 'w', jobId, attempt: 1 };
  return (await worker(by, '/claim', wish)).body.claim;
}
const beat = ({ jobId, attempt, lease }: Json, by: TestApp) =>
  worker(by, `/jobs/${jobId}/heartbeat`, { attempt, lease });

describe('clocks that differ', () => {
  it('take no job from a worker whose signs of life come, whoever hears them', async () => {
    const { id } = await bench.submit();
    const claim = await claimBy(behind, id);

    for (let beats = 0; beats < 12; beats += 1) {
      // One of them gets lost now and then.
      bench.app.clock.advance(beats % 4 === 3 ? 1.9 * HEARTBEAT_MS : HEARTBEAT_MS);
      expect(await sweepJobs(ahead.system)).toMatchObject({ lost: 0 });
      expect((await beat(claim, beats % 2 === 0 ? ahead : behind)).status).toBe(200);
    }

    expect(await bench.job(id)).toMatchObject({ status: 'started', attempt: 1 });
  });

  it('make a lost worker be noticed ten seconds later at most', async () => {
    const { id } = await bench.submit();
    await claimBy(ahead, id);

    bench.app.clock.advance(LEASE_MS + 2 * SKEW_MS - 1);
    expect(await sweepJobs(behind.system)).toMatchObject({ lost: 0 });
    bench.app.clock.advance(1);
    expect(await sweepJobs(behind.system)).toMatchObject({ lost: 1 });
  });

  it('leave the token of a job good while its worker is heard', async () => {
    const { id } = await bench.submit();
    const { jobToken } = await claimBy(behind, id);

    bench.app.clock.advance(1.9 * HEARTBEAT_MS);

    expect((await ahead.bearer(jobToken).get(`/api/v1/jobs/${id}`)).status).toBe(200);
  });

  it('change no order: jobs stand and go as they were submitted', async () => {
    const at = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
    const headers = { cookie: bench.alice.cookie };
    const ids: number[] = [];
    for (let made = 0; made < 8; made += 1) {
      const by = made % 2 === 0 ? ahead : behind;
      ids.push((await by.client(headers).post(at, jobBody(bench.setup))).body.id);
    }

    const listed = (await bench.alice.get(`${at}?pageLength=100`)).body.data;
    const taken: number[] = [];
    for (const _ of ids) {
      const wish = { pool: 'default', worker: 'w', jobId: ids[0], attempt: 1, orAnother: true };
      taken.push(
        (await worker(taken.length % 3 ? ahead : behind, '/claim', wish)).body.claim.jobId,
      );
    }

    expect(listed.map((job: Json) => job.id)).toEqual(ids);
    expect(taken).toEqual(ids);
  });

  it('of workers change nothing in the order of their lines', async () => {
    const { claim } = await bench.start();
    const { jobId, attempt, lease } = claim;
    const now = bench.app.clock.now();
    const lines = [600_000, -600_000, 0].map((off, number) => ({
      ...{ severity: 'INFO', logger: 'stdout', message: `line ${number}`, time: now + off },
    }));

    await worker(behind, `/jobs/${jobId}/log`, { attempt, lease, first: 0, lines });

    expect(messagesOf(await bench.log(jobId))).toEqual(['line 0', 'line 1', 'line 2']);
  });
});

it('a job of thirteen hours keeps its one attempt, longer than any message could be hidden (P9)', async () => {
  const { id } = await bench.submit();
  token = await createWorkerToken(bench.app.system, { pool: 'default', seconds: 86_400 });
  const claim = await claimBy(bench.app, id);

  for (let minute = 0; minute < 13 * 60; minute += 1) {
    for (let beats = 0; beats < 3; beats += 1) {
      bench.app.clock.advance(20_000);
      expect((await beat(claim, bench.app)).status).toBe(200);
    }
    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
  }
  const { attempt, lease } = claim;
  await worker(bench.app, `/jobs/${id}/finish`, { attempt, lease, outcome: 'finished' });

  expect(await bench.job(id)).toMatchObject({ status: 'finished', attempt: 1 });
});
