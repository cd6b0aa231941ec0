/** A job that a browser submits and a worker runs, to its artifacts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type JobSetup, setUpJobs } from '../support/jobs.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

let dashboard: Dashboard;
let setup: JobSetup;

interface Part {
  readonly snapshotId: number;
}

/** Saves an entrypoint with another description: its snapshots before and after. */
async function newVersion(id: number): Promise<{ before: number; after: number }> {
  const path = `/api/v1/entrypoints/${id}`;
  const read = () =>
    dashboard.api<{
      readonly snapshot: number;
      readonly name: string;
      readonly taskGraph: string;
      readonly artifactGraph: string;
      readonly parameters: readonly object[];
      readonly queues: readonly { readonly id: number }[];
      readonly plugins: readonly Part[];
      readonly artifactPlugins: readonly Part[];
    }>('GET', path);
  const old = await read();
  const { name, taskGraph, artifactGraph, parameters, queues, plugins, artifactPlugins } = old;
  await dashboard.api('PUT', path, {
    ...{ name, taskGraph, artifactGraph, parameters, description: 'another' },
    queues: queues.map((queue) => queue.id),
    pluginSnapshotIds: plugins.map(({ snapshotId }) => snapshotId),
    artifactPluginSnapshotIds: artifactPlugins.map(({ snapshotId }) => snapshotId),
  });
  return { before: old.snapshot, after: (await read()).snapshot };
}

describe.runIf(hasBrowser())('a job from a form to its artifacts', () => {
  beforeAll(async () => {
    dashboard = await openDashboard('--jobs');
    const client = {
      async call(method: string, path: string, body?: unknown) {
        const answer = await dashboard.api<never>(method, path, body as object | undefined);
        return { status: 200, headers: new Headers(), text: '', body: answer };
      },
    };
    setup = await setUpJobs(client, { group: 1, queues: ['main', 'aside'] });
  });
  afterAll(() => dashboard?.close());

  it('is submitted, watched, and run again with other values', async () => {
    const { page } = await dashboard.visit('/1/jobs');
    await page.getByRole('link', { name: 'Submit a job' }).click();
    await page.getByLabel('Experiment').selectOption(String(setup.experiment));
    // The experiment has one entrypoint, which is chosen then.
    await page.getByLabel('lines').fill('many');
    await page.getByText('Write a whole number.').waitFor();
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await page.getByText('One field needs another value.').waitFor();
    await page.getByLabel('lines').fill('5');
    await page.getByLabel('Description').fill('from the form');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Submit the job' }).click();
    const log = page.getByRole('region', { name: 'Log' });
    await log.getByText(/ line 4$/).waitFor({ timeout: 60_000 });
    await page.getByText('It ended as it should.').waitFor({ timeout: 30_000 });
    await page.getByRole('region', { name: 'Graph of the steps' }).getByText('done').waitFor();
    await page.getByRole('link', { name: 'Results and use (1)' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('table', { name: 'Artifacts' }).getByRole('link').click();
    expect((await download).suggestedFilename()).toMatch(/\S/);
    await page.getByText('has no price per hour').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Parameters and versions' }).click();
    await page.getByText('lines integer').waitFor();
    const { before, after } = await newVersion(setup.entrypoint);
    await page.getByRole('link', { name: 'Run again …' }).click();
    await expect
      .poll(() => page.locator('.new-job-note').textContent(), { timeout: 20_000 })
      .toContain(`ran snapshot ${before}; this runs the newest, snapshot ${after}.`);
    const lines = page.getByLabel('lines');
    await expect.poll(() => lines.inputValue(), { timeout: 20_000 }).toBe('5');
    await page.getByLabel('lines').fill('3');
    await page.getByLabel('Queue', { exact: true }).selectOption({ label: 'aside' });
    await page.getByRole('button', { name: 'Submit the job' }).click();
    await log.getByText(/ line 2$/).waitFor({ timeout: 60_000 });
    await page.getByText('It ended as it should.').waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Parameters and versions' }).click();
    expect(await page.locator('.job-values').textContent()).toMatch(/lines integer\s*3/);
    expect(dashboard.trouble()).toEqual([]);
  });
});
