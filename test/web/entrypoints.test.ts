/** Entrypoints, as people draw them up, check, keep, save and compare them. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { typeCode } from './code.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

interface Saved {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly taskGraph: string;
  readonly hasDraft: boolean;
  readonly parameters: readonly object[];
  readonly plugins: readonly { readonly name: string; readonly latestSnapshot: boolean }[];
  readonly queues: readonly { readonly name: string }[];
}

interface Made {
  readonly id: number;
}

interface Listed<T> {
  readonly data: readonly T[];
}

const GRAPH_LABEL = 'Task graph (YAML)';
const GRAPH = 'numbers:\n  load: [$size]\nsum:\n  add: $numbers\n';

let dashboard: Dashboard;
let plugin: Made;

const named = (page: Page, role: 'button' | 'link' | 'textbox' | 'combobox', name: string) =>
  page.getByRole(role, { name, exact: true });

const read = (id: number): Promise<Saved> =>
  dashboard.api<Saved>('GET', `/api/v1/entrypoints/${id}`);

/** A plugin with two tasks, a queue and an experiment: what an entrypoint needs. */
async function makeSurroundings(): Promise<void> {
  plugin = await dashboard.api<Made>('POST', '/api/v1/plugins', { group: 1, name: 'maths' });
  const [any, whole] = [1, 3];
  await dashboard.api('POST', `/api/v1/plugins/${plugin.id}/files`, {
    filename: 'tasks.py',
    contents: 'x = 1\n',
    tasks: {
      functions: [
        {
          name: 'load',
          inputParams: [{ name: 'size', parameterType: whole }],
          outputParams: [{ name: 'numbers', parameterType: whole }],
        },
        {
          name: 'add',
          inputParams: [{ name: 'numbers', parameterType: any }],
          outputParams: [],
        },
      ],
    },
  });
  await dashboard.api('POST', '/api/v1/queues', { group: 1, name: 'quick' });
}

/** One that is saved, with the graph above. */
const makeEntrypoint = (name: string): Promise<Made> =>
  dashboard.api<Made>('POST', '/api/v1/entrypoints', {
    group: 1,
    name,
    taskGraph: GRAPH,
    parameters: [{ name: 'size', parameterType: 'integer', defaultValue: '3' }],
    plugins: [plugin.id],
  });

describe.runIf(hasBrowser())('entrypoints', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    await makeSurroundings();
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  it('are drawn up with what the server finds beside the text, and saved', async () => {
    const { page } = await dashboard.visit('/1/entrypoints');
    await page.getByText('No entrypoints yet').waitFor();
    await page.getByRole('link', { name: 'New entrypoint' }).first().click();
    await named(page, 'textbox', 'Name').first().fill('sums');
    await named(page, 'combobox', 'Bind another plugin').selectOption({ label: 'maths' });
    await named(page, 'button', 'Add a step that calls load').click();
    await page.getByText('numbers: integer').waitFor();
    await typeCode(page, GRAPH_LABEL, GRAPH.replace('add', 'nothing'));
    await page.getByText('no bound plugin has a task named "nothing"').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await named(page, 'button', 'Line 3').click();
    await page.locator('.cm-content:focus').waitFor();
    await typeCode(page, GRAPH_LABEL, GRAPH);
    await page.getByText('nothing found').waitFor();
    await page.getByRole('img', { name: /^2 steps/ }).waitFor();
    await named(page, 'button', 'Make the entrypoint').click();
    await page.getByText('is used in a graph, but is no step').waitFor();
    expect(dashboard.trouble().filter((each) => !each.includes('400'))).toEqual([]);
    await named(page, 'button', 'Add a parameter').click();
    const row = page.getByRole('listitem').filter({ has: page.getByLabel('Default') });
    await row.getByLabel('Name').fill('size');
    await row.getByLabel('Type').selectOption('integer');
    await row.getByLabel('Default').fill('three');
    await page.getByText('is not of type integer').waitFor();
    await row.getByLabel('Default').fill('3');
    await page.getByLabel('quick').check();
    await named(page, 'button', 'Make the entrypoint').click();
    await page.waitForURL(/entrypoints\/\d+$/);
    const saved = await read(Number(page.url().split('/').at(-1)));
    expect(saved).toMatchObject({ name: 'sums', taskGraph: GRAPH, hasDraft: false });
    expect(saved.parameters).toEqual([
      { name: 'size', parameterType: 'integer', defaultValue: '3' },
    ]);
    expect([saved.plugins[0]?.name, saved.queues[0]?.name]).toEqual(['maths', 'quick']);
    const drafts = await dashboard.api<Listed<Made>>('GET', '/api/v1/entrypoints/drafts');
    expect(drafts.data).toEqual([]);
  });

  it('keep what was not saved as a draft, which is offered again, and show what a save changed', async () => {
    const { id } = await makeEntrypoint('drafted');
    const renewed = { name: 'maths', description: 'A newer version' };
    await dashboard.api('PUT', `/api/v1/plugins/${plugin.id}`, renewed);
    const { page } = await dashboard.visit(`/1/entrypoints/${id}?tab=edit`);
    await typeCode(page, GRAPH_LABEL, GRAPH.replace('sum:', 'total:'));
    await page.getByText(/^Draft kept/).waitFor();
    expect((await read(id)).hasDraft).toBe(true);
    await page.reload();
    await named(page, 'button', 'Go on with the draft').click();
    await named(page, 'textbox', 'Description').fill('With a total');
    await named(page, 'button', 'Update to the newest version').click();
    await page.getByText('nothing found').waitFor();
    await named(page, 'button', 'Save a new version').click();
    await page.waitForURL(/entrypoints\/\d+$/);
    const saved = await read(id);
    expect(saved).toMatchObject({ description: 'With a total', hasDraft: false });
    expect(saved.taskGraph).toContain('total:');
    expect(saved.plugins.map(({ latestSnapshot }) => latestSnapshot)).toEqual([true]);
    await named(page, 'link', 'Versions').click();
    await page.getByRole('cell', { name: 'With a total' }).waitFor();
    await named(page, 'textbox', 'Task graph: Version 2').getByText('total').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('are saved though a draft was kept meanwhile', async () => {
    const { id } = await makeEntrypoint('kept meanwhile');
    const { page } = await dashboard.visit(`/1/entrypoints/${id}?tab=edit`);
    await named(page, 'textbox', 'Description').fill('the only one');
    await page.getByText(/^Draft kept/).waitFor();
    await named(page, 'button', 'Save a new version').click();
    await page.waitForURL(/entrypoints\/\d+$/);
    expect(await read(id)).toMatchObject({ description: 'the only one', hasDraft: false });
    expect(dashboard.trouble()).toEqual([]);
  });

  it('are not overwritten by somebody who has not seen what was saved meanwhile', async () => {
    const { id } = await makeEntrypoint('contended');
    const before = await dashboard.api<{ plugins: readonly { snapshotId: number }[] }>(
      'GET',
      `/api/v1/entrypoints/${id}`,
    );
    const { page } = await dashboard.visit(`/1/entrypoints/${id}?tab=edit`);
    await named(page, 'textbox', 'Description').fill('mine');
    await page.getByText(/^Draft kept/).waitFor();
    await dashboard.api('PUT', `/api/v1/entrypoints/${id}`, {
      name: 'contended',
      description: 'theirs',
      taskGraph: GRAPH,
      parameters: [{ name: 'size', parameterType: 'integer', defaultValue: '4' }],
      pluginSnapshotIds: before.plugins.map(({ snapshotId }) => snapshotId),
      artifactPluginSnapshotIds: [],
    });
    await named(page, 'button', 'Save a new version').click();
    await page.getByText('Somebody changed it meanwhile').waitFor();
    await page.getByRole('cell', { name: 'theirs' }).waitFor();
    expect((await read(id)).description).toBe('theirs');
    expect(dashboard.trouble().filter((each) => !each.includes('412'))).toEqual([]);
    await named(page, 'button', 'Save mine as the newest version').click();
    await page.waitForURL(/entrypoints\/\d+$/);
    expect((await read(id)).description).toBe('mine');
  });

  it('are not left with changes that are kept nowhere', async () => {
    const { id } = await makeEntrypoint('left');
    const { page } = await dashboard.visit(`/1/entrypoints/${id}?tab=edit`);
    await named(page, 'textbox', 'Description').fill('gone in a moment');
    await named(page, 'link', 'Overview').click();
    await named(page, 'button', 'Keep it as it is').click();
    await page.getByText(/^Draft kept/).waitFor();
    await named(page, 'button', 'Discard changes …').click();
    await named(page, 'button', 'Discard them').click();
    await expect.poll(() => named(page, 'textbox', 'Description').inputValue()).toBe('');
    await named(page, 'link', 'Overview').click();
    await page.getByRole('heading', { name: 'Experiments' }).waitFor();
    expect((await read(id)).hasDraft).toBe(false);
  });

  it('are found, tagged and deleted in their list', async () => {
    const { id } = await makeEntrypoint('needle in a haystack');
    const { page } = await dashboard.visit('/1/entrypoints?search=needle');
    await page.getByText('1 of 1 entrypoints').waitFor();
    await page.getByRole('button', { name: 'More for needle in a haystack' }).click();
    await named(page, 'button', 'Tags …').click();
    await named(page, 'textbox', 'New tag').fill('sharp');
    await named(page, 'button', 'Make it').click();
    await page.getByRole('checkbox', { name: 'sharp', checked: true }).waitFor();
    await named(page, 'button', 'Save tags').click();
    await page.getByRole('cell', { name: 'sharp' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'More for needle in a haystack' }).click();
    await named(page, 'button', 'Delete …').click();
    await named(page, 'button', 'Delete the entrypoint').click();
    await page.getByText('No entrypoints match the search.').waitFor();
    expect(await read(id)).toMatchObject({ deleted: true });
  });
});
