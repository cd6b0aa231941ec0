/** Jobs, queues and the home page in a browser; no worker runs, so that each state lasts as long as it is looked at. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type JobSetup, jobBody, setUpJobs } from '../support/jobs.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

interface Job {
  readonly id: number;
}

let dashboard: Dashboard;
let setup: JobSetup;

/** As `setUpJobs` wants to call. */
const caller = () => ({
  async call(method: string, path: string, body?: unknown) {
    const answer = await dashboard.api<never>(method, path, body as object | undefined);
    return { status: 200, headers: new Headers(), text: '', body: answer };
  },
});

const submit = (overrides: object = {}): Promise<Job> =>
  dashboard.api('POST', `/api/v1/experiments/${setup.experiment}/jobs`, jobBody(setup, overrides));
const report = (job: Job, status: string): Promise<unknown> =>
  dashboard.api('PUT', `/api/v1/experiments/${setup.experiment}/jobs/${job.id}/status`, { status });
const say = (job: Job, data: readonly object[]): Promise<unknown> =>
  dashboard.api('POST', `/api/v1/jobs/${job.id}/log`, { data });
const line = (message: string, severity = 'INFO', loggerName = 'train') => ({
  severity,
  loggerName,
  message,
});

/** What a page shows after a while, however busy the machine is. */
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 20_000 });

const rows = (page: Page) => page.getByRole('table', { name: 'Jobs' }).locator('tbody tr');
const texts = async (page: Page): Promise<readonly string[]> =>
  (await rows(page).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));

describe.runIf(hasBrowser())('the pages of jobs', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());
  afterEach(() => {
    expect(dashboard.trouble()).toEqual([]);
  });

  it('an empty group says how to begin, with code for this address', async () => {
    const { page } = await dashboard.visit('/1');
    await page.getByText('1. Track runs with MLflow').waitFor();
    const code = await page.locator('.copyable pre').allInnerTexts();
    expect(code).toHaveLength(3);
    for (const each of code) expect(each).toContain(dashboard.url);
    expect(code[2]).toMatch(/Posthog\("phc_/);
    await page.goto(`${dashboard.url}/ui/1/jobs`);
    await page.getByText('No jobs yet').waitFor();
    await page.goto(`${dashboard.url}/ui/1/queues`);
    await page.getByText('No queues yet').waitFor();
    setup = await setUpJobs(caller(), { group: 1, queues: ['slow', 'quick'] });
  });

  it('jobs are found by state, words and queue, and stopped together', async () => {
    const running = await submit({ description: 'trains the <b>model</b>' });
    const waiting = await submit({ description: 'waits', queue: setup.queues.get('quick') });
    const other = await submit({ description: 'waits, too', dependsOn: [running.id] });
    await report(running, 'started');
    const { page } = await dashboard.visit('/1/jobs');
    await eventually(() => texts(page)).toHaveLength(3);
    expect((await texts(page)).join('\n')).toContain('trains the <b>model</b>');
    await page.getByRole('link', { name: 'Waiting' }).click();
    await eventually(() => texts(page)).toHaveLength(2);
    await page.reload();
    await eventually(() => texts(page)).toHaveLength(2);
    await page.getByLabel('Queue', { exact: true }).selectOption('quick');
    await expect
      .poll(() => texts(page))
      .toEqual([expect.stringContaining(`${waiting.id} Waiting`)]);
    await page.getByLabel('Queue', { exact: true }).selectOption('');
    await page.getByLabel('Find').fill('too');
    await expect
      .poll(() => texts(page))
      .toEqual([expect.stringContaining(`${other.id} Waiting for jobs`)]);
    expect(new URL(page.url()).search).toBe('?state=waiting&find=too');
    await page.getByLabel('Find').fill('');
    await eventually(() => texts(page)).toHaveLength(2);
    await page.getByLabel('All rows that are loaded').check();
    await page.getByRole('button', { name: 'Cancel 2' }).click();
    await page.getByRole('button', { name: 'Cancel 2 jobs' }).click();
    await page.getByText('2 jobs will be cancelled').waitFor();
    await page.getByText('No job fits.').waitFor();
    await page.getByRole('link', { name: 'Failed' }).click();
    await eventually(async () => (await texts(page)).join()).toMatch(/Cancelled.*Cancelled/);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('a job is watched while it runs: its log grows, its steps change, it fails and is tried again', async () => {
    const job = await submit({ description: 'is watched', values: { lines: '7' } });
    await report(job, 'started');
    await say(job, [
      line('step work: started (1 of 1)', 'INFO', 'assay.job'),
      line('\u001b[31mred\u001b[0m and \u202eturned, <script>alert(1)</script>'),
      line('a warning', 'WARNING'),
    ]);
    const { page } = await dashboard.visit(`/1/jobs/${job.id}`);
    const log = page.getByRole('region', { name: 'Log' });
    await log.getByText('a warning').waitFor();
    await log.locator('.ansi-red').getByText('red', { exact: true }).waitFor();
    expect(await log.textContent()).toContain('‹U+202E›turned, <script>alert(1)</script>');
    const steps = page.getByRole('region', { name: 'Graph of the steps' });
    await steps.getByText('running').waitFor();
    await dashboard.api('PUT', `/api/v1/jobs/${job.id}/progress`, {
      fraction: 0.25,
      message: 'step work: epoch 1 of 4',
    });
    await say(job, [line('a later line'), line('it broke', 'ERROR')]);
    await log.getByText('a later line').waitFor();
    await page.getByText('step work: epoch 1 of 4').waitFor();
    await page.getByLabel('Least severity').selectOption('WARNING');
    await eventually(() => log.locator('.log-row').count()).toBe(2);
    await page.getByLabel('Find in the log').fill('BROKE');
    await log.locator('mark').getByText('broke', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?least=WARNING&find=BROKE');
    await report(job, 'failed');
    await page.getByText('It failed.').waitFor();
    await steps.getByText('failed').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('It waits for a worker in the queue').waitFor();
    await eventually(() => page.getByLabel('States of the job').textContent()).toMatch(
      /Submitted[\s\S]*Attempt 1 started[\s\S]*Failed[\s\S]*Queued again/,
    );
  });

  it('a long log holds few rows, follows its end, and stays where somebody reads', async () => {
    const job = await submit();
    await report(job, 'started');
    for (let from = 0; from < 5_000; from += 1_000) {
      await say(
        job,
        Array.from({ length: 1_000 }, (_, at) => line(`line ${from + at}`)),
      );
    }
    const { page } = await dashboard.visit(`/1/jobs/${job.id}`);
    const log = page.getByRole('region', { name: 'Log' });
    await log.getByText('line 4999', { exact: true }).waitFor();
    expect(await log.locator('.log-row').count()).toBeLessThan(150);
    await say(job, [line('the newest')]);
    await log.getByText('the newest').waitFor();
    await log.hover();
    await page.mouse.wheel(0, -2_000);
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    const before = await log.evaluate((element) => element.scrollTop);
    await say(job, [line('one more')]);
    await page.getByText('5,002 lines').waitFor();
    expect(await log.evaluate((element) => element.scrollTop)).toBe(before);
    await page.getByLabel('Find in the log').fill('line 17');
    await page.getByText('111 lines').waitFor();
    await page.keyboard.press('Enter');
    await log.locator('.log-row.current').getByText('line 17', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.getByText('Somebody cancelled it.').waitFor();
  });

  it('queues are made, changed and deleted, and the group limited', async () => {
    const { page } = await dashboard.visit('/1/queues');
    await page.getByRole('button', { name: 'New queue' }).click();
    await page.getByLabel('Name').fill('night');
    await page.getByLabel('Priority').fill('101');
    await page.getByText('Write a whole number from -100 to 100.').waitFor();
    await page.getByLabel('Priority').fill('-5');
    await page.getByRole('button', { name: 'Make the queue' }).click();
    const row = page.getByRole('table', { name: 'Queues' }).getByRole('row', { name: /night/ });
    await row.getByText('-5').waitFor();
    await page.getByRole('button', { name: 'Change night' }).click();
    await page.getByLabel('Name').fill('slow');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Name').fill('late');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Delete late' }).click();
    await page.getByRole('button', { name: 'Delete the queue' }).click();
    await page.getByText('Queue late was deleted.').waitFor();
    await eventually(() => page.getByRole('row', { name: /late/ }).count()).toBe(0);
    // A name that is taken is refused, and the browser says so, too.
    expect(dashboard.trouble()).toEqual([expect.stringContaining('409')]);
    await page.getByLabel('Jobs at a time').fill('4');
    await page.getByRole('button', { name: 'Save the limit' }).click();
    await page.getByText('At most 4 jobs of this group run at a time').waitFor();
    const limits = await dashboard.api('GET', '/api/v1/groups/1/limits');
    expect(limits).toEqual({ runningJobs: 4 });
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('the home page shows what runs and what failed, with the way there', async () => {
    const failed = await submit({ description: 'did not work' });
    await report(failed, 'started');
    await report(failed, 'failed');
    const running = await submit({ description: 'is under way' });
    await report(running, 'started');
    const { page } = await dashboard.visit('/1', { viewport: { width: 390, height: 800 } });
    await page.getByRole('region', { name: 'Running now' }).getByText('is under way').waitFor();
    const failures = page.getByRole('region', { name: 'Failed since yesterday' });
    await failures.getByText('did not work').waitFor();
    expect(await failures.textContent()).toContain('Somebody cancelled it.');
    expect(await seriousFindings(page)).toEqual([]);
    const wide = await page.locator('html').evaluate((element) => element.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await failures.getByRole('link', { name: `Job ${failed.id}` }).click();
    await page.getByRole('heading', { name: `Job ${failed.id}` }).waitFor();
  });
});
