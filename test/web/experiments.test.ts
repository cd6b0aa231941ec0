/** Experiments, their runs in a table however many, and registered models, as people use them. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

const MLFLOW = '/api/2.0/mlflow';
const HOSTILE = '<img src=x onerror=document.title=1> \u202Egnp';
const START = 1_790_000_000_000;
const MANY = 450;

let dashboard: Dashboard;

const call = <Answer = unknown>(path: string, body: object): Promise<Answer> =>
  dashboard.api<Answer>('POST', `${MLFLOW}/${path}`, body);

const newExperiment = async (name: string): Promise<string> =>
  (await call<{ experiment_id: string }>('experiments/create', { name })).experiment_id;

interface NewRun {
  readonly experiment: string;
  readonly name: string;
  readonly start?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly ended?: boolean;
}

const pairs = <Value>(values: Readonly<Record<string, Value>> = {}) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

async function newRun(run: NewRun): Promise<string> {
  const { run: made } = await call<{ run: { info: { run_id: string } } }>('runs/create', {
    experiment_id: run.experiment,
    run_name: run.name,
    start_time: run.start ?? START,
    tags: pairs(run.tags),
  });
  const { run_id } = made.info;
  const metrics = pairs(run.metrics).map((pair) => ({ ...pair, timestamp: START, step: 0 }));
  await call('runs/log-batch', { run_id, params: pairs(run.params), metrics });
  if (run.ended !== false) {
    await call('runs/update', {
      run_id,
      status: 'FINISHED',
      end_time: (run.start ?? START) + 90_000,
    });
  }
  return run_id;
}

/** What the first column of names says, from the top. */
const namesOf = (page: Page): Promise<readonly string[]> =>
  page.locator('.data-table tbody td:nth-child(2) a bdi').allTextContents();

const row = (page: Page, name: string) => page.getByRole('row', { name }).first();

describe.runIf(hasBrowser())('experiments', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard?.close());

  it('are made, described, tagged, renamed, deleted and restored', async () => {
    const { page } = await dashboard.visit('/1/experiments');
    await page.getByRole('button', { name: 'New experiment' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('<img src=x onerror=document.title=1>');
    await page.getByLabel('Description').fill('What is tried');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '<img' }).waitFor();
    await page.getByText('What is tried').waitFor();
    await page.getByText('No runs yet').waitFor();

    await page.getByRole('link', { name: 'About' }).click();
    await page.getByRole('button', { name: '+ Add a tag' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('team');
    await page.getByLabel('Value').fill('vision');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByRole('button', { name: 'Delete the tag team' }).waitFor();
    await page.getByLabel('Days after which').fill('30');
    await page.getByLabel('Days after which').press('Enter');
    await page.getByText('The retention was saved.').waitFor();
    await page.getByRole('button', { name: 'Rename …' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('renamed');
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'renamed' }).waitFor();

    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Restore' }).waitFor();
    await page.getByRole('link', { name: 'Experiments' }).last().click();
    await page.getByLabel('Which').selectOption('deleted');
    await page.getByRole('link', { name: 'renamed' }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('The experiment is back').waitFor();

    const { experiments } = await call<{ experiments: { name: string; tags: object[] }[] }>(
      'experiments/search',
      { filter: "tags.team = 'vision'" },
    );
    expect(experiments.map(({ name }) => name)).toEqual(['renamed']);
    expect(experiments[0]?.tags).toContainEqual({ key: 'assay.retentionDays', value: '30' });
    expect(await page.title()).toBe('Experiments – Assay');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('are found by a part of their name or by a filter, whose mistakes are pointed at', async () => {
    await newExperiment('alpha lion');
    await newExperiment('beta lion');
    const { page } = await dashboard.visit('/1/experiments?q=alpha');
    await page.getByRole('link', { name: 'alpha lion' }).waitFor();
    expect(await page.getByRole('link', { name: 'beta lion' }).count()).toBe(0);

    const field = page.getByLabel('Search experiments');
    await field.fill("name LIKE '%lion' AND name != 'alpha lion'");
    await field.press('Enter');
    await page.getByRole('link', { name: 'beta lion' }).waitFor();
    await page.getByRole('link', { name: 'alpha lion' }).waitFor({ state: 'detached' });

    await field.fill('name LIKE ;');
    await field.press('Enter');
    const mistake = page.getByRole('alert');
    await mistake.waitFor();
    expect(await mistake.locator('mark').textContent()).toBe(';');
    await page.getByRole('button', { name: 'Go to it' }).click();
    await expect
      .poll(() => page.evaluate('document.activeElement.selectionStart'))
      .toBe('name LIKE '.length);
    // The browser tells of the refusal, too: that one was asked for.
    expect(dashboard.trouble().every((what) => what.includes('400'))).toBe(true);
  });
});

describe.runIf(hasBrowser())('runs of an experiment', () => {
  let experiment: string;
  beforeAll(async () => {
    dashboard = await openDashboard();
    experiment = await newExperiment('runs');
    const parent = await newRun({
      experiment,
      name: 'parent',
      start: START + 1,
      metrics: { loss: 0.5, 'val loss': 3 },
      params: { optimizer: 'adam', note: '=1+1' },
    });
    await newRun({
      experiment,
      name: 'child',
      start: START + 2,
      metrics: { loss: 0.1 },
      params: { optimizer: 'sgd' },
      tags: { 'mlflow.parentRunId': parent, team: 'vision' },
    });
    await newRun({
      experiment,
      name: HOSTILE,
      start: START + 3,
      metrics: { loss: 0.9 },
      params: { optimizer: HOSTILE },
    });
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard?.close());

  it('are sorted, searched and shown with the columns that the address names', async () => {
    const { page } = await dashboard.visit(`/1/experiments/${experiment}`);
    await page.getByRole('link', { name: 'child' }).waitFor();
    expect(await namesOf(page)).toEqual([HOSTILE, 'child', 'parent']);

    await page.getByRole('button', { name: 'loss', exact: true }).click();
    await page.waitForURL(/sort=metrics.loss/);
    await expect.poll(() => namesOf(page)).toEqual(['child', 'parent', HOSTILE]);
    const field = page.getByLabel('Search runs');
    await field.fill("params.optimizer = 'adam' OR metrics.loss < 0.2");
    await field.press('Enter');
    await expect.poll(() => namesOf(page)).toEqual(['child', 'parent']);

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('team').check();
    await page.getByLabel('User').uncheck();
    await page.keyboard.press('Escape');
    const reloaded = await dashboard.visit(page.url().replace(/.*\/ui/, ''));
    await reloaded.page.getByRole('columnheader', { name: 'tag team' }).waitFor();
    await expect.poll(() => namesOf(reloaded.page)).toEqual(['child', 'parent']);
    expect(await reloaded.page.getByRole('columnheader', { name: 'User' }).count()).toBe(0);
    expect(await seriousFindings(reloaded.page)).toEqual([]);
  });

  it('are kept as a view, and exported as they are seen', async () => {
    const { page } = await dashboard.visit(
      `/1/experiments/${experiment}?sort=-metrics.loss&columns=["name","metrics.val loss","params.note"]`,
    );
    await expect.poll(() => namesOf(page)).toEqual([HOSTILE, 'parent', 'child']);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Save this view …' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('worst first');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Export' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV, for spreadsheets' }).click();
    const csv = await readFile(await (await saving).path(), 'utf8');
    const [head, first, second] = csv.split('\r\n');

    expect(head).toBe('id,name,metrics.val loss,params.note');
    expect(first?.slice(33)).toBe(`${HOSTILE},,`);
    expect(second?.slice(33)).toBe("parent,3,'=1+1");

    await page.goto(`${dashboard.url}/ui/1/experiments/${experiment}`);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('link', { name: 'worst first' }).click();
    await expect.poll(() => namesOf(page)).toEqual([HOSTILE, 'parent', 'child']);
  });

  it('are chosen, tagged, locked, unlocked, compared, deleted and restored', async () => {
    const own = await newExperiment('bulk');
    for (const name of ['one', 'two', 'three']) await newRun({ experiment: own, name });
    const { page } = await dashboard.visit(`/1/experiments/${own}`);
    await page.getByLabel('one', { exact: true }).check();
    await page.getByLabel('two', { exact: true }).check();
    expect(await page.getByRole('link', { name: 'Compare' }).getAttribute('href')).toMatch(
      /compare\?runs=%5B%22\w{32}%22%2C%22\w{32}%22%5D/,
    );
    await page.getByRole('button', { name: 'Tag …' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('checked');
    await page.getByLabel('Value').fill('yes');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('2 runs tagged with checked.').waitFor();

    await page.getByLabel('one', { exact: true }).check();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByText('1 run locked.').waitFor();
    await page.getByTitle('Locked: nothing').waitFor();
    await page.getByLabel('one', { exact: true }).check();
    expect(await page.getByRole('button', { name: 'Delete …' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('1 run unlocked.').waitFor();

    await page.getByLabel('All rows that are loaded').check();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Delete 3 runs' }).click();
    await page.getByText('No runs yet').waitFor();
    await page.getByLabel('Which runs').selectOption('deleted');
    await page.getByLabel('two', { exact: true }).check();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('1 run restored.').waitFor();
    await page.getByLabel('Which runs').selectOption('active');
    await expect.poll(() => namesOf(page)).toEqual(['two']);
    const { runs } = await call<{ runs: { data: { tags: object[] } }[] }>('runs/search', {
      experiment_ids: [own],
    });
    expect(runs[0]?.data.tags).toContainEqual({ key: 'checked', value: 'yes' });
  });

  it('come in by themselves, and what runs is renewed', async () => {
    const own = await newExperiment('live');
    const running = await newRun({ experiment: own, name: 'busy', ended: false });
    const { page } = await dashboard.visit(`/1/experiments/${own}`);
    await row(page, 'Running').waitFor();
    await newRun({ experiment: own, name: 'late', start: START + 5 });
    await call('runs/log-metric', { run_id: running, key: 'loss', value: 0.25, timestamp: START });
    await call('runs/update', { run_id: running, status: 'FAILED', end_time: START + 60_000 });

    await row(page, 'Failed').waitFor();
    await expect.poll(() => namesOf(page), { timeout: 10_000 }).toEqual(['late', 'busy']);
    await page.getByRole('cell', { name: '0.25' }).waitFor();
    expect(await page.getByRole('cell', { name: '1 min 0 s' }).count()).toBe(1);
  });

  it('are loaded page by page, and nothing jumps when new ones come in', async () => {
    const own = await newExperiment('many');
    for (let from = 0; from < MANY; from += 50) {
      const some = Array.from({ length: 50 }, (_, at) => from + at);
      await Promise.all(
        some.map((at) => newRun({ experiment: own, name: `run ${at}`, start: START + at })),
      );
    }
    const busy = await newRun({ experiment: own, name: 'busy', start: START + MANY, ended: false });
    const { page } = await dashboard.visit(`/1/experiments/${own}`);
    await page.getByText('200 runs are loaded').waitFor();
    const table = page.locator('.data-table');
    await expect
      .poll(async () => {
        await page.evaluate("document.querySelector('.data-table').scrollTo(0, 1e6)");
        return table.textContent();
      })
      .toContain('451 runs in all');
    await expect.poll(async () => (await namesOf(page)).at(-1)).toBe('run 0');
    expect(await table.locator('tbody tr').count()).toBeLessThan(100);

    await newRun({ experiment: own, name: 'newest', start: START + MANY + 1 });
    await call('runs/update', { run_id: busy, status: 'FINISHED' });
    const fresh = page.getByRole('button', { name: '1 new' });
    await fresh.waitFor();
    expect((await namesOf(page)).at(-1)).toBe('run 0');
    await fresh.click();
    await expect.poll(async () => (await namesOf(page)).slice(0, 2)).toEqual(['newest', 'busy']);
  });

  it('are drawn: those of the search, or those that are chosen', async () => {
    const { page } = await dashboard.visit(`/1/experiments/${experiment}`);
    await page.getByLabel('child', { exact: true }).check();
    await page.getByLabel('parent', { exact: true }).check();
    await page.getByRole('link', { name: 'Charts' }).click();
    await page.getByText('All 2').waitFor();
    await page.getByRole('button', { name: 'Scatter plot' }).click();
    await page.waitForURL(/tab=charts/);
    await page.waitForURL(/chart=scatter/);
  });
});

describe.runIf(hasBrowser())('registered models', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    const experiment = await newExperiment('training');
    for (const [name, rate] of [
      ['first', '0.1'],
      ['second', '0.2'],
    ] as const) {
      const run_id = await newRun({
        experiment,
        name,
        params: { rate, model: 'small' },
        metrics: { loss: Number(rate) },
      });
      if (name === 'first') await call('registered-models/create', { name: 'it\'s a "model"' });
      await call('model-versions/create', {
        name: 'it\'s a "model"',
        source: `runs:/${run_id}/model`,
        run_id,
      });
    }
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await call('registered-models/create', { name: 'summary', tags: prompt });
    await call('model-versions/create', {
      name: 'summary',
      source: 'dummy-source',
      tags: [...prompt, { key: 'mlflow.prompt.text', value: 'Summarise {{text}}.' }],
    });
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard?.close());

  it('are listed apart from prompts', async () => {
    const { page } = await dashboard.visit('/1/models');
    await page.getByRole('link', { name: "it's a" }).waitFor();
    expect(await page.getByRole('link', { name: 'summary' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Prompts' }).click();
    await page.getByRole('link', { name: 'summary' }).click();
    await page.getByRole('link', { name: 'v1' }).click();
    await page.getByText('Summarise {{text}}.').nth(1).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('get aliases, stages and descriptions, and their versions are compared', async () => {
    const { page } = await dashboard.visit('/1/models');
    await page.getByRole('link', { name: "it's a" }).click();
    await page.getByRole('link', { name: 'v2', exact: true }).click();
    await page.getByLabel('Alias').fill('champion');
    await page.getByRole('button', { name: 'Set alias' }).click();
    await page.getByText('@champion is version 2 now.').waitFor();
    await page.getByLabel('Stage').selectOption('Production');
    await page.getByText('Version 2 is in Production now.').waitFor();
    await page.getByRole('button', { name: 'Add a description' }).last().click();
    await page.getByLabel('Description').last().fill('The better one');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The better one').first().waitFor();

    await page.getByRole('checkbox', { name: 'Version 1' }).check();
    await page.getByRole('checkbox', { name: 'Version 2' }).check();
    await page.getByRole('link', { name: 'Compare v1 and v2' }).click();
    await page.getByRole('row', { name: 'rate (differs) 0.1 0.2' }).waitFor();
    await page.getByRole('row', { name: 'model small small' }).waitFor();
    expect(new URL(page.url()).searchParams.get('compare')).toBe('1-2');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('are renamed and deleted, versions first', async () => {
    const { page } = await dashboard.visit('/1/models/summary?version=1');
    await page.getByRole('button', { name: 'Delete version …' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No versions yet').waitFor();
    await page.getByRole('button', { name: 'Rename …' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('abstract');
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'abstract' }).waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The model was deleted.').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  });
});
