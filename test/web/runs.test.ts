/** Runs in the dashboard: one of them with its curves and files, and some compared. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard, seriousFindings } from './dashboard.ts';

/** A picture of one point. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const HOSTILE = '<img src=x onerror=document.title=1> \u202Egnp';
const POINTS = 3_000;
const START = 1_790_000_000_000;
const MLFLOW = '/api/2.0/mlflow';

let dashboard: Dashboard;
let experiment: string;
/** Four runs: two rates, two seeds. */
let runs: readonly string[];

async function upload(run: string, path: string, body: Buffer | string): Promise<void> {
  const url = `${dashboard.url}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/${path}`;
  const credentials = Buffer.from(`${FIRST}:${PASSWORD}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const stored = await fetch(url, {
    method: 'PUT',
    headers,
    body: new Uint8Array(Buffer.from(body)),
  });
  if (!stored.ok) throw new Error(`${path}: ${stored.status}`);
}

const loss = (rate: number, seed: number, step: number): number =>
  step === 1_234 ? 50 : 1 / (1 + step * rate) + seed * 0.01;

async function newRun(rate: number, seed: number, name: string): Promise<string> {
  const { api } = dashboard;
  const { run } = await api<{ run: { info: { run_id: string } } }>(
    'POST',
    `${MLFLOW}/runs/create`,
    {
      experiment_id: experiment,
      run_name: name,
      start_time: START,
      tags: [{ key: 'mlflow.user', value: 'nobody' }],
    },
  );
  const { run_id: id } = run.info;
  const params = [
    ['rate', rate],
    ['seed', seed],
    ['model', 'small'],
  ];
  const points = Array.from({ length: POINTS }, (_, step) => ({
    key: 'loss',
    value: loss(rate, seed, step),
    step,
    timestamp: START + step * 1_000,
  }));
  for (let at = 0; at < POINTS; at += 1_000) {
    await api('POST', `${MLFLOW}/runs/log-batch`, {
      run_id: id,
      metrics: points.slice(at, at + 1_000),
    });
  }
  await api('POST', `${MLFLOW}/runs/log-batch`, {
    run_id: id,
    params: params.map(([key, value]) => ({ key, value: String(value) })),
    metrics: [{ key: 'accuracy', value: 0.9 - rate + seed * 0.01, step: 1, timestamp: START }],
  });
  await upload(id, 'config.json', JSON.stringify({ rate, kept: [1, 2] }));
  await upload(id, 'plots/loss.png', PNG);
  return id;
}

async function fill(): Promise<void> {
  const { api } = dashboard;
  ({ experiment_id: experiment } = await api<{ experiment_id: string }>(
    'POST',
    `${MLFLOW}/experiments/create`,
    { name: 'curves' },
  ));
  const made: string[] = [];
  for (const [rate, seed] of [
    [0.1, 1],
    [0.1, 2],
    [0.5, 1],
    [0.5, 2],
  ] as const) {
    made.push(await newRun(rate, seed, `rate ${rate} seed ${seed}`));
  }
  runs = made;
  const [first = '', second = ''] = runs;
  await api('POST', `${MLFLOW}/runs/update`, {
    run_id: first,
    status: 'FINISHED',
    end_time: START + 90_000,
  });
  await api('POST', `${MLFLOW}/runs/update`, { run_id: second, run_name: HOSTILE });
  await upload(first, 'table.csv', 'name,value\n"cat, small",0.5\n"=1+1",2\n');
  await upload(
    first,
    'README.md',
    '# Card\n\n[bad](javascript:alert(1)) <script>document.title = 1</script>\n\n| a |\n|---|\n| b |\n',
  );
  await upload(first, 'page.html', '<script>document.title = "run"</script>');
  await upload(first, 'log.txt', 'a line of text\n'.repeat(40_000));
}

/** The body of the next call for curves that `act` causes. */
async function asked(page: Page, act: () => Promise<unknown>): Promise<Record<string, unknown>> {
  const [request] = await Promise.all([page.waitForRequest(/get-series/), act()]);
  return request.postDataJSON();
}

const compare = (search: string): string =>
  `/1/compare?runs=${encodeURIComponent(JSON.stringify(runs))}${search}`;

describe.runIf(hasBrowser())('runs in the dashboard', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    await fill();
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  it('shows what a run is, and changes what people may change', async () => {
    const { page } = await dashboard.visit(`/1/runs/${runs[0]}`);
    await page.getByRole('heading', { name: 'rate 0.1 seed 1' }).waitFor();
    await page.getByRole('link', { name: 'curves' }).waitFor();
    await page.getByText('1 min 30 s').waitFor();
    await page.getByLabel('Find in params').fill('rate');
    expect(await page.locator('.data-table[aria-label=Params] tbody td').allTextContents()).toEqual(
      ['rate', '0.1'],
    );

    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('button', { name: 'Rename …' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('the better one');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'the better one' }).waitFor();

    await page.getByLabel('Find in params').fill('');
    await page.getByLabel('Tag', { exact: true }).fill('team');
    await page.getByLabel('Value', { exact: true }).fill(HOSTILE);
    await page.getByRole('button', { name: 'Set the tag' }).click();
    await page.getByRole('button', { name: 'Remove the tag team' }).waitFor();
    await page.getByRole('button', { name: 'Edit the note' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('# Why\n\n**Because**');
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await page.getByRole('heading', { name: 'Why' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('button', { name: 'Lock …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lock the run' }).click();
    await page.getByText('A run that is locked').waitFor();
    expect(await page.getByRole('button', { name: 'Edit the note' }).count()).toBe(0);
    await page.close();
  });

  it('deletes a run, which can be restored', async () => {
    const { page } = await dashboard.visit(`/1/runs/${runs[3]}`);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the run' }).click();
    await page.getByText('Deleted', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Deleted', { exact: true }).waitFor({ state: 'hidden' });
    const { run } = await dashboard.api<{ run: { info: { lifecycle_stage: string } } }>(
      'GET',
      `${MLFLOW}/runs/get?run_id=${runs[3]}`,
    );
    expect(run.info.lifecycle_stage).toBe('active');
    await page.close();
  });

  it('draws curves, says what is left out, and asks for the part that is looked at', async () => {
    const { page } = await dashboard.visit(compare('&tab=curves&find=loss'));
    const panel = page.getByRole('region', { name: 'Metric loss' });
    await panel.getByText(/of 12,000 points; extremes kept/).waitFor();
    await panel.getByRole('button', { name: 'Table' }).click();
    const cells = panel.locator('tbody tr').first().locator('td');
    // The one high value among thousands is not lost in sampling.
    expect(await cells.nth(3).textContent()).toBe('50');

    const box = await panel.locator('.u-over').boundingBox();
    const { x = 0, y = 0, width = 0 } = box ?? {};
    const zoomed = await asked(page, async () => {
      await page.mouse.move(x + width * 0.5, y + 40);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.75, y + 60, { steps: 5 });
      await page.mouse.up();
    });
    expect(zoomed).toMatchObject({ metric_key: 'loss', x: 'step' });
    expect(Math.abs(Number(zoomed.start) - POINTS / 2)).toBeLessThan(POINTS / 20);
    expect(Math.abs(Number(zoomed.end) - POINTS * 0.75)).toBeLessThan(POINTS / 20);
    await panel.getByText(/^2,\d+ (of 3,\d+ )?points/).waitFor();
    expect(new URL(page.url()).search).toContain('zoom');

    await panel.getByLabel('From step').fill('100');
    await panel.getByLabel('To step').fill('300');
    const typed = await asked(page, () => panel.getByRole('button', { name: 'Show this' }).click());
    expect(typed).toMatchObject({ start: 100, end: 300 });
    await panel.getByText(/^804 points/).waitFor();

    const all = await asked(page, () => page.getByLabel('X axis').selectOption('relative'));
    expect(all).toMatchObject({ x: 'time' });
    expect(all.start).toBeUndefined();
    await page.getByLabel('Log scale').check();
    const smooth = await asked(page, () => page.getByLabel('Smoothing').fill('0.9'));
    expect(Number(smooth.max_points)).toBeGreaterThan(Number(zoomed.max_points));
    await panel.getByText(/of 12,000 points|12,000 points/).waitFor();
    // The third run goes on.
    await dashboard.api('POST', `${MLFLOW}/runs/log-metric`, {
      run_id: runs[2],
      key: 'loss',
      value: 0.5,
      step: POINTS,
      timestamp: START + POINTS * 1_000,
    });
    await panel.getByText(/of 12,001 points|12,001 points/).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it('gives what is drawn as a file', async () => {
    const { page } = await dashboard.visit(`/1/runs/${runs[3]}?tab=metrics&find=loss`);
    const panel = page.getByRole('region', { name: 'Metric loss' });
    const save = async (as: string): Promise<Buffer> => {
      await panel.getByRole('button', { name: 'Save' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: as }).click(),
      ]);
      return readFile(await download.path());
    };
    const [head, first] = (await save('Points as CSV')).toString().split('\r\n');
    expect(head).toBe('run_id,run_name,step,time,value');
    expect(first).toBe(`${runs[3]},rate 0.5 seed 2,0,${new Date(START).toISOString()},1.02`);
    const { metric, points } = JSON.parse((await save('Points as JSON')).toString());
    expect([metric, points.at(-1).step]).toEqual(['loss', POINTS - 1]);
    expect((await save('Image')).subarray(1, 4).toString()).toBe('PNG');
    await page.close();
  });

  it('shows files without running them', async () => {
    const { page } = await dashboard.visit(`/1/runs/${runs[0]}?tab=artifacts`);
    const preview = page.getByRole('region', { name: 'Preview' });
    await page.getByRole('button', { name: 'table.csv' }).click();
    await preview.getByText('cat, small').waitFor();

    await page.getByRole('button', { name: 'plots/' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'loss.png' }).click();
    const image = preview.getByRole('img', { name: 'loss.png' });
    await image.waitFor();
    expect(await image.evaluate((shown: { naturalWidth: number }) => shown.naturalWidth)).toBe(1);
    expect(await image.getAttribute('src')).toMatch(/^blob:/);

    await page.getByRole('button', { name: 'page.html' }).click();
    await preview.getByText('Shown as its source').waitFor();
    await page.getByRole('button', { name: 'README.md' }).click();
    await preview.getByRole('heading', { name: 'Card' }).waitFor();
    expect(await preview.locator('.markdown a, .markdown script').count()).toBe(0);
    expect(await preview.locator('.markdown td').textContent()).toBe('b');

    const [part] = await Promise.all([
      page.waitForResponse(/_blobs/),
      page.getByRole('button', { name: 'log.txt' }).click(),
    ]);
    expect(part.status()).toBe(206);
    await preview.getByText('The first 200 KB of 600 KB').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      preview.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect((await readFile(await download.path())).length).toBe(600_000);
    expect(await page.title()).toContain('Assay');
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it('compares runs: what differs, configurations with intervals, and files', async () => {
    const { page } = await dashboard.visit(compare(''));
    const differing = page.getByRole('region', { name: 'Params that differ', exact: true });
    await differing.locator('tbody th').first().waitFor();
    expect(await differing.locator('tbody th').allTextContents()).toEqual(['rate', 'seed']);
    expect(await differing.locator('td.differs').count()).toBe(4);
    await page.getByText('1 param is equal').click();
    await page.getByText('small', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Metrics', exact: true }).click();
    await page.getByText('2 configurations of 4 runs').waitFor();
    const accuracy = page.locator('section.card', {
      has: page.getByRole('heading', { name: 'accuracy' }),
    });
    await accuracy.getByText('In figures').click();
    // Means of 0.81 and 0.82; t of one degree of freedom is 12.706, and the error of the mean 0.005.
    expect(await accuracy.locator('tbody tr').first().locator('td').allTextContents()).toEqual([
      'rate 0.1',
      '2',
      '0.815',
      '0.75147 to 0.87853',
      '0',
    ]);
    await page.getByLabel('seed', { exact: true }).uncheck();
    await page.getByText('4 configurations of 4 runs').waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    await page.getByRole('link', { name: 'Artifacts' }).click();
    await page.getByLabel('Right').selectOption({ index: 2 });
    const diff = page.getByRole('region', { name: 'Differences in config.json' });
    await diff.locator('.cm-merge-b .cm-changedLine').waitFor();
    expect(await diff.locator('.cm-merge-a .cm-changedLine').textContent()).toBe('  "rate": 0.1,');
    expect(await diff.locator('.cm-merge-b .cm-changedLine').textContent()).toBe('  "rate": 0.5,');
    await page.getByLabel('File').selectOption('plots/loss.png');
    await page.getByRole('img', { name: 'loss.png' }).nth(3).waitFor();
    await page.close();
  });

  it('draws runs as points and as lines through axes, to be filtered', async () => {
    const { page } = await dashboard.visit(compare('&tab=charts'));
    await page.getByText('4 of 4 runs have both').waitFor();
    const lines = page.getByRole('img', { name: /runs as lines through/ });
    const { x = 0, y = 0, height = 0 } = (await lines.boundingBox()) ?? {};
    await page.mouse.move(x + 70, y + 34);
    await page.mouse.down();
    await page.mouse.move(x + 70, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByText('2 of 4 runs.').waitFor();
    await page.reload();
    await page.getByText('2 of 4 runs.').waitFor();
    await page.getByLabel('The same as a table').last().check();
    const kept = page.getByRole('region', { name: 'Runs that are kept' });
    expect(await kept.locator('tbody tr:not(.spacer) td:nth-child(2)').allTextContents()).toEqual([
      '0.5',
      '0.5',
    ]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it('fits a phone', async () => {
    const { page } = await dashboard.visit(`/1/runs/${runs[0]}?tab=metrics`, {
      viewport: { width: 390, height: 800 },
    });
    await page.locator('.line-chart canvas').first().waitFor();
    for (const path of [
      `/1/runs/${runs[0]}`,
      `/1/runs/${runs[0]}?tab=artifacts&path=log.txt`,
      compare(''),
      compare('&tab=metrics'),
      compare('&tab=charts'),
    ]) {
      await page.goto(`${dashboard.url}/ui${path}`);
      await page.locator('.card').first().waitFor();
      await page.waitForLoadState('networkidle');
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wide, path).toBeLessThanOrEqual(0);
    }
    await page.close();
  });
});
