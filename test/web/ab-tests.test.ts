import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

const PROJECT = '/api/projects/1';
const PEOPLE = 600;
const DAY_MS = 86_400_000;

const sales = {
  kind: 'ExperimentMetric',
  metric_type: 'funnel',
  name: 'Sales <b>"now"</b>',
  goal: 'increase',
  series: [{ kind: 'EventsNode', event: 'purchase' }],
};

/** Twice as many of `test` buy; two thirds get `control`, where half were meant to. */
function eventsOf(startedOn: number): readonly object[] {
  return Array.from({ length: PEOPLE }, (_, at) => {
    const variant = at % 3 === 0 ? 'test' : 'control';
    const timestamp = new Date(startedOn + 1_000 + (at % 3) * DAY_MS).toISOString();
    const of = { distinct_id: `person-${at}`, timestamp };
    const seen = { $feature_flag: 'checkout', $feature_flag_response: variant };
    const exposure = { ...of, event: '$feature_flag_called', properties: seen };
    const buys = at % (variant === 'test' ? 2 : 5) === 0;
    return buys ? [exposure, { ...of, event: 'purchase', properties: {} }] : [exposure];
  }).flat();
}

const queryOf = (id: number) => ({
  query: { kind: 'ExperimentExposureQuery', experiment_id: id },
  refresh: 'force_blocking',
});

interface Made {
  readonly id: number;
  readonly metrics: readonly object[];
}

interface Exposures {
  readonly total_exposures: Readonly<Record<string, number>>;
}

/** Makes an experiment of three days ago whose events are all stored. */
async function launched(dashboard: Dashboard): Promise<number> {
  const startedOn = Date.now() - 3.5 * DAY_MS;
  const { id, metrics } = await dashboard.api<Made>('POST', `${PROJECT}/experiments`, {
    name: 'Checkout on one page',
    feature_flag_key: 'checkout',
    start_date: new Date(startedOn).toISOString(),
    metrics: [sales],
    running_time_calculation: { minimum_detectable_effect: 20 },
    exposure_criteria: { filterTestAccounts: false },
    allow_unknown_events: true,
  });
  // A result that is kept from before anybody came: pages must not stay with it.
  await dashboard.api('POST', `${PROJECT}/query`, {
    query: { kind: 'ExperimentQuery', experiment_id: id, metric: metrics[0] },
    refresh: 'blocking',
  });
  const { api_token: token } = await dashboard.api<{ api_token: string }>('GET', PROJECT);
  await dashboard.api('POST', '/batch', { api_key: token, batch: eventsOf(startedOn) });
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await dashboard.api<Exposures>('POST', `${PROJECT}/query`, queryOf(id));
    const seen = Object.values(answer.total_exposures).reduce((sum, each) => sum + each, 0);
    if (seen === PEOPLE) return id;
    await sleep(1_000);
  }
  throw new Error('The events are not stored.');
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

describe.runIf(hasBrowser())('A/B tests in the dashboard', () => {
  let dashboard: Dashboard;
  let id: number;

  beforeAll(async () => {
    dashboard = await openDashboard();
    id = await launched(dashboard);
  });
  afterAll(() => dashboard.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  test('are listed with what came of them so far, and opened', async () => {
    const { page } = await dashboard.visit('/1/ab-tests');
    const row = page.getByRole('row').filter({ hasText: 'Checkout on one page' });
    await row.getByText(/to win/).waitFor();
    expect(await row.textContent()).toMatch(/Running.*\+\d+[.\d]*%.*checkout/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Status').selectOption('draft');
    await page.getByText('No A/B test is like that').waitFor();
    expect(page.url()).toContain('status=draft');
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'Checkout on one page' }).click();
    await page.getByRole('heading', { level: 1, name: 'Checkout on one page' }).waitFor();
  });

  test('show results, what significant means, and a split that went wrong', async () => {
    const { page } = await dashboard.visit(`/1/ab-tests/${id}`);
    await page.getByText(/test is better with a chance of/).waitFor();
    const metric = page.getByRole('region', { name: sales.name, exact: true });
    const [control, other] = [
      await metric.getByRole('row').nth(1).textContent(),
      await metric.getByRole('row').nth(2).textContent(),
    ];
    expect(control).toMatch(/control40020%/);
    expect(other).toMatch(/test20050%.*\+150%.*Better, significant/);
    expect(await metric.getByRole('img', { name: /^test: \+\d/ }).count()).toBe(1);
    await page.getByText(/^600 of [\d,]+ people that it takes/).waitFor();
    const mismatch = page.getByRole('alert');
    expect(await mismatch.textContent()).toContain('control: 400 people, 300 expected');
    expect(await seriousFindings(page)).toEqual([]);

    const downloaded = page.waitForEvent('download');
    await press(page, 'Export as CSV');
    expect((await downloaded).suggestedFilename()).toBe(`ab-test-${id}-results.csv`);
    await press(page, '↻ Work out anew');
    await page.getByText(/was worked out anew/).waitFor();
  });

  test('tell results day by day', async () => {
    const { page } = await dashboard.visit(`/1/ab-tests/${id}?tab=over-time`);
    await press(page, 'Work the days out');
    await page.getByText(/^test: \d/).waitFor({ timeout: 60_000 });
    await page.getByRole('img', { name: /difference from the baseline by day/ }).waitFor();
  });

  test('are planned, made, launched, paused, resumed, ended and put away', async () => {
    const { page } = await dashboard.visit('/1/ab-tests/new');
    await page.getByText('28,800 people').waitFor();
    await page.getByLabel('Least change worth finding, in %').fill('20');
    await page.getByText('7,200 people').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('A shorter form');
    await press(page, 'Add a variant');
    await press(page, 'Even split');
    await press(page, 'Add a primary metric');
    await page.getByLabel('Event', { exact: true }).fill('purchase');
    await press(page, 'Add it');
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'Make the draft');
    await page.getByRole('heading', { level: 1, name: 'A shorter form' }).waitFor();
    await page.getByText('count of purchase').first().waitFor();

    await press(page, 'Launch');
    await press(page, 'Launch it');
    await page.getByText('It runs. Results appear').waitFor();
    await press(page, 'Pause');
    await press(page, 'Pause it');
    await page.getByText('Paused', { exact: true }).waitFor();
    await press(page, 'Resume');
    await press(page, 'Resume it');
    await page.getByText('Running', { exact: true }).waitFor();
    await press(page, 'End');
    await page.getByLabel('Conclusion').selectOption('inconclusive');
    await page.getByLabel('Comment').fill('Too few people.');
    await press(page, 'End it');
    await page.getByText('Too few people.').waitFor();
    await press(page, 'More');
    await press(page, 'Archive …');
    await press(page, 'Archive it');
    await page.getByText('Archived', { exact: true }).waitFor();
  });

  test('change what they are measured by, and are shipped', async () => {
    const { page } = await dashboard.visit(`/1/ab-tests/${id}?tab=metrics`);
    await press(page, 'Add a secondary metric');
    await page.getByLabel('Kind').selectOption('ratio');
    await press(page, 'Add it');
    await page.getByText('Name the event that counts.').waitFor();
    await page.getByLabel('Event', { exact: true }).first().fill('purchase');
    await page.getByLabel('Event', { exact: true }).nth(1).fill('$feature_flag_called');
    await press(page, 'Add it');
    await page.getByText('count of purchase ÷ count of $feature_flag_called').first().waitFor();

    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByLabel('Method').selectOption('frequentist');
    await page.getByLabel(/^Sequential testing/).check();
    await page.getByRole('button', { name: 'Save' }).nth(2).click();
    await page.getByText('Saved; results are worked out anew.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Results', exact: true }).click();
    await page
      .getByText(/^test: p/)
      .first()
      .waitFor();
    await page.getByText(/hold however often you look/).waitFor();

    await press(page, 'More');
    await press(page, 'Make a cohort of those reached');
    await page.getByText('Those whom it reached are cohort 1.').waitFor();
    await press(page, 'Ship a variant');
    await press(page, 'Ship test');
    await page.getByText('The variant test is shipped.').waitFor();
    await page.getByRole('link', { name: 'checkout', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'checkout' }).waitFor();
    expect(await page.getByLabel('Variant 2: share in %').inputValue()).toBe('100');
  });

  test('share holdouts and saved metrics', async () => {
    const { page } = await dashboard.visit('/1/holdouts');
    await press(page, 'New holdout');
    await page.getByLabel('Name').fill('Nothing new');
    await press(page, 'Save');
    await page.getByRole('row').filter({ hasText: 'Nothing new' }).getByText('5%').waitFor();
    await press(page, 'Delete: Nothing new');
    await press(page, 'Delete it');
    await page.getByText('No holdouts yet').waitFor();

    await page.getByRole('link', { name: 'Saved metrics' }).click();
    await press(page, 'New saved metric');
    await page.getByLabel('Name of the metric').fill('Sales');
    await page.getByLabel('Event', { exact: true }).fill('purchase');
    await press(page, 'Save');
    await page.getByRole('row').filter({ hasText: 'mean: count of purchase' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('have the code to copy with the token of the project', async () => {
    const { api_token: token } = await dashboard.api<{ api_token: string }>('GET', PROJECT);
    const { page } = await dashboard.visit(`/1/ab-tests/${id}?tab=code`);
    await page.getByLabel('Language').selectOption('Python');
    const code = await page.locator('pre').textContent();
    expect(code).toContain(`Posthog('${token}', host='${dashboard.url}')`);
    await page.getByRole('link', { name: 'Project settings' }).click();
    await press(page, 'Reset the token …');
    await press(page, 'Give it another token');
    await page.getByText('The project has another token.').waitFor();
    expect(await page.getByText(token, { exact: true }).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
  });
});
