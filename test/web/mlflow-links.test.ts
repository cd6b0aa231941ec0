/** Links as MLflow's clients print them, `HOST/#/experiments/E/runs/R`, opened in a browser. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard } from './dashboard.ts';
import { signInBy } from './forms.ts';

const MLFLOW = '/api/2.0/mlflow';

let dashboard: Dashboard;
/** A group beside the first one, which is the one that is looked at first. */
let group: number;

/** Calls MLflow's API within the second group. */
async function there<Answer>(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${dashboard.url}${MLFLOW}/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${FIRST}:${PASSWORD}`).toString('base64')}`,
      'content-type': 'application/json',
      'x-mlflow-workspace': String(group),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function newRun(experiment: string): Promise<string> {
  const { run } = await there<{ run: { info: { run_id: string } } }>('runs/create', {
    experiment_id: experiment,
    run_name: `run of ${experiment}`,
  });
  return run.info.run_id;
}

describe.runIf(hasBrowser())('links that MLflow’s clients print', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    ({ id: group } = await dashboard.api<{ id: number }>('POST', '/api/v1/groups', { name: 'b' }));
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  it('lead to the run in its group, past the sign-in', async () => {
    const { experiment_id: experiment } = await there<{ experiment_id: string }>(
      'experiments/create',
      { name: 'sweep' },
    );
    const run = await newRun(experiment);
    const { page } = await dashboard.visit('/sign-in', { as: null });
    await page.goto(`${dashboard.url}/#/experiments/${experiment}/runs/${run}`);
    await page.waitForURL(/sign-in\?next=/);
    await signInBy(page, FIRST);
    await page.waitForURL(`${dashboard.url}/ui/${group}/runs/${run}`);
    await page.getByRole('heading', { name: `run of ${experiment}` }).waitFor();
    await page.close();
  });

  it('find the group of what has the same id in each, and models with any name', async () => {
    const run = await newRun('0');
    await there('registered-models/create', { name: 'net & "co"' });
    const { page } = await dashboard.visit('/1');
    await page.goto(`${dashboard.url}/#/experiments/0/runs/${run}`);
    await page.waitForURL(`${dashboard.url}/ui/${group}/runs/${run}`);
    await page.getByRole('heading', { name: 'run of 0' }).waitFor();
    await page.goto('about:blank');
    await page.goto(`${dashboard.url}/#/models/${encodeURIComponent('net & "co"')}`);
    await page.getByRole('heading', { name: 'net & "co"' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(new RegExp(`^/ui/${group}/models/`));
    await page.close();
  });
});
