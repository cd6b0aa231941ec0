/** Scripts of the Testbed API against the deployed template and a worker of it; `conformance` runs them on one machine. */
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stopGroup } from '../../infra/local/process.ts';
import { ensureJobPython, ensureMlflowPython } from '../../infra/local/sample/python.ts';
import {
  listChecks,
  type Place,
  type Report,
  ROUND,
  runCalls,
  runChecks,
  uncalled,
} from '../conformance/testbed/driver.ts';
import { startPollingWorker } from '../support/emulator-worker.ts';

/** Jobs of the queue of its name run here, apart from those of the other tests. */
const POOL = 'testbed';
const deployment = inject('deployment');
/** More than the function could be sent, or as large as an archive may be. */
const megabytes = process.env.FULL === '1' ? 99 : 6;
const place: Place = { url: deployment.url, user: deployment.user, queue: POOL, megabytes };
const python = await ensureMlflowPython();
const checks = await listChecks(python, ROUND);

let worker: ChildProcess;
beforeAll(async () => {
  worker = await startPollingWorker(deployment, await ensureJobPython(), POOL);
});
afterAll(() => stopGroup(worker, 30_000));

describe('a script of Python over the gateway', () => {
  let report: Report;
  beforeAll(async () => {
    report = await runChecks(python, place, ROUND);
  });

  it.each(checks)('%s', (title) => {
    expect(report.errors.get(title)).toBe(null);
  });

  it('calls every route', async () => {
    expect(await uncalled(report.called)).toEqual([]);
  });
});

it('a script of curl gets the answers that it expects, from every route', async () => {
  const { wrong, called } = await runCalls(place);

  expect(wrong).toEqual([]);
  expect(await uncalled(called)).toEqual([]);
});
