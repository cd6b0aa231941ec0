import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { must, newJob, newRun, newScene, type Scene } from './scene.ts';

let app: TestApp;
let mine: Scene;
let theirs: Scene;

beforeAll(async () => {
  app = testApp();
  mine = await newScene(app);
  theirs = await newScene(app);
});
afterAll(() => app.close());

const link = (job: number, runId: string) =>
  mine.user.post(`/api/v1/jobs/${job}/mlflowRun`, { mlflowRunId: runId });

describe('the tracking run of a job', () => {
  it('is none of another group: its metrics and files stay out of reach', async () => {
    const run = await newRun(app, theirs);
    const metric = { run_id: run, key: 'accuracy', value: 0.5, timestamp: 1, step: 1 };
    await must(theirs.user, 'POST', '/api/2.0/mlflow/runs/log-metric', metric);
    const job = await newJob(mine);

    const linked = await link(job, run);
    const stored = { name: 'accuracy', value: 666, step: 9 };
    await mine.user.post(`/api/v1/jobs/${job}/metrics`, stored);
    const registered = await mine.user.post('/api/v1/artifacts', {
      group: mine.group,
      job,
      artifactUri: `mlflow-artifacts:/${theirs.experiment}/${run}/artifacts/secret.txt`,
      description: '',
    });

    expect(linked.status).toBe(404);
    expect(registered.status).toBe(400);
    const metrics = await mine.user.get(`/api/v1/jobs/${job}/metrics`);
    expect(metrics.body).toEqual([{ name: 'accuracy', value: 666 }]);
    const seen = await must(theirs.user, 'GET', `/api/2.0/mlflow/runs/get?run_id=${run}`);
    expect(seen.run.data.metrics).toMatchObject([{ key: 'accuracy', value: 0.5 }]);
  });

  it('is none that records another job of the group', async () => {
    const run = await newRun(app, mine);
    expect((await link(await newJob(mine), run)).status).toBe(200);

    expect((await link(await newJob(mine), run)).status).toBe(404);
  });

  it('is linked again by its own job after a reset', async () => {
    const run = await newRun(app, mine);
    const job = await newJob(mine);
    expect((await link(job, run)).status).toBe(200);
    const status = `/api/v1/experiments/${mine.experiment}/jobs/${job}/status`;
    await must(mine.user, 'PUT', status, { status: 'reset' });

    expect((await link(job, run)).status).toBe(200);
  });

  it('may be one of another server, which is a name only: metrics are kept by the job', async () => {
    const run = 'ab'.repeat(16);
    const job = await newJob(mine);
    const other = await newJob(theirs);
    expect((await link(job, run)).status).toBe(200);
    await must(theirs.user, 'POST', `/api/v1/jobs/${other}/mlflowRun`, { mlflowRunId: run });

    await must(mine.user, 'POST', `/api/v1/jobs/${job}/metrics`, { name: 'loss', value: 1 });

    const own = await mine.user.get(`/api/v1/jobs/${job}/metrics`);
    expect(own.body).toEqual([{ name: 'loss', value: 1 }]);
    expect((await theirs.user.get(`/api/v1/jobs/${other}/metrics`)).body).toEqual([]);
  });

  it('may hold times and steps that are none of ours', async () => {
    const run = await newRun(app, mine);
    const point = { timestamp: '9223372036854775807', step: '-9223372036854775808' };
    const metric = { run_id: run, key: 'far', value: 1, ...point };
    await must(mine.user, 'POST', '/api/2.0/mlflow/runs/log-metric', metric);
    const job = await newJob(mine);
    await link(job, run);

    const page = await must(mine.user, 'GET', `/api/v1/jobs/${job}/metrics/far/snapshots`);

    expect(page.data).toEqual([
      {
        name: 'far',
        value: 1,
        step: Number.MIN_SAFE_INTEGER,
        timestamp: '+275760-09-13T00:00:00.000000+00:00',
      },
    ]);
  });
});
