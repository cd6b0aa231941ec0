/** A round through the dashboard of a deployment, in a real browser: its calls go through the gateway and the functions. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { hasBrowser, launch, type Watched, watchedPage } from '../support/browser.ts';
import { apiOf } from './api.ts';

const { url, user } = inject('deployment');
const api = apiOf(url, user);
const Me = z.looseObject({ groups: z.array(z.looseObject({ id: z.int() })) });
const Created = z.looseObject({ experiment_id: z.string() });
const Run = z.looseObject({ run: z.looseObject({ info: z.looseObject({ run_id: z.string() }) }) });
const NAME = 'seen in a browser';

let browser: Browser;
let watched: Watched;
let group: number;
let run: string;

/** An experiment with a run that has a curve and a file in the bucket. */
async function newRun(): Promise<string> {
  const { experiment_id } = await api.post(Created, '/api/2.0/mlflow/experiments/create', {
    name: NAME,
  });
  const made = await api.post(Run, '/api/2.0/mlflow/runs/create', {
    experiment_id,
    run_name: 'with a curve',
  });
  const { run_id } = made.run.info;
  const metrics = Array.from({ length: 200 }, (_, step) => ({
    key: 'loss',
    value: 1 / (step + 1),
    step,
    timestamp: 1_790_000_000_000 + step,
  }));
  await api.post(z.unknown(), '/api/2.0/mlflow/runs/log-batch', { run_id, metrics });
  const path = `/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/note.txt`;
  const to = await api.call(path, { method: 'PUT', body: 'kept in the bucket' });
  await fetch(to.headers.get('location') ?? '', { method: 'PUT', body: 'kept in the bucket' });
  return run_id;
}

describe.runIf(hasBrowser())('the dashboard of a deployment, in a browser', () => {
  beforeAll(async () => {
    group = (await api.get(Me, '/api/v1/users/current')).groups[0]?.id ?? 0;
    run = await newRun();
    browser = await launch();
    watched = await watchedPage(browser);
  });
  afterAll(() => browser?.close());

  it('lets people sign in, and leads them to where they wanted', async () => {
    const { page } = watched;
    await page.goto(`${url}/ui/${group}/experiments`);
    await page.fill('[name=username]', user.username);
    await page.fill('[name=password]', user.password);
    await page.click('button[type=submit]');
    await page.getByRole('link', { name: NAME }).waitFor();

    expect(new URL(page.url()).pathname).toBe(`/ui/${group}/experiments`);
  });

  it('shows a run with its curve, and its file from the bucket', async () => {
    const { page } = watched;
    await page.goto(`${url}/ui/${group}/runs/${run}?tab=metrics`);
    await page.locator('.line-chart canvas').first().waitFor();
    await page.goto(`${url}/ui/${group}/runs/${run}?tab=artifacts`);
    await page.getByText('note.txt').first().click();
    await page.getByText('kept in the bucket').waitFor();

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('with a curve');
  });

  it.each([
    ['', 'Home'],
    ['/jobs', 'Jobs'],
    ['/queues', 'Queues and pools'],
    ['/entrypoints', 'Entrypoints'],
    ['/plugins', 'Plugins'],
    ['/models', 'Models'],
    ['/ab-tests', 'A/B tests'],
    ['/flags', 'Feature flags'],
    ['/people', 'People'],
    ['/audit', 'Audit trail'],
  ])('shows the page %s', async (path, title) => {
    const { page } = watched;
    await page.goto(`${url}/ui/${group}${path}`);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.waitForLoadState('networkidle');

    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('has given the browser nothing to complain of', () => {
    expect(watched.complaints.filter((what) => !what.startsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
