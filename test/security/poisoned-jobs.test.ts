import { afterEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { claim, must, newJob, newScene, type Parameter } from './scene.ts';

let app: TestApp;
afterEach(() => app.close());

const many = (count: number): Parameter[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index}`, defaultValue: '' }));

describe('a job that was made to be unclaimable', () => {
  it.each<[string, readonly Parameter[], string]>([
    [
      'a parameter whose name is too long for a run',
      [{ name: 'n'.repeat(500), defaultValue: '' }],
      'x',
    ],
    ['values that outgrow a transaction', many(190), '😀'.repeat(6_000)],
  ])('is claimed all the same: %s', async (_, parameters, value) => {
    app = testApp({ pools: [{ name: 'default', kind: 'managed' }] });
    const scene = await newScene(app, parameters);
    const values = Object.fromEntries(parameters.map(({ name }) => [name, value]));
    const jobId = await newJob(scene, values);

    const claimed = await claim(app, { jobId, attempt: 1 });

    expect(claimed).toMatchObject({ jobId, attempt: 1 });
    expect(JSON.parse(claimed.parameters)).toEqual(values);
    const run = await must(scene.user, 'GET', `/api/2.0/mlflow/runs/get?run_id=${claimed.runId}`);
    expect(run.run.info.status).toBe('RUNNING');
  });

  it('does not keep a pool from the jobs of others', async () => {
    app = testApp({ pools: [{ name: 'default', kind: 'external' }] });
    const hostile = await newScene(app);
    const broken = await newJob(hostile);
    const honest = await newJob(await newScene(app));
    // What a row may hold after a bug or a restore: no verb makes it.
    const at = { pk: `RES#${broken}`, sk: 'CURRENT' };
    const row = await app.platform.table.get(at);
    if (row === undefined) throw new Error('the job is not where it was');
    const data = { ...(row.data as object), entrypoint: { id: 0, snapshot: 0, name: 'none' } };
    await app.platform.table.write({ kind: 'put', item: { ...row, data } });

    expect(await claim(app)).toMatchObject({ jobId: honest });
    expect(app.errors.join()).toContain('claim_failed');
  });
});
