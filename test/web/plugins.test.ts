/** Plugins, their files and the types of their tasks, as people make and change them. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { typeCode } from './code.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

interface Task {
  readonly name: string;
  readonly inputParams: readonly { readonly name: string; readonly required: boolean }[];
  readonly outputParams: readonly { readonly parameterType: { readonly name: string } }[];
}

interface File {
  readonly id: number;
  readonly filename: string;
  readonly contents: string;
  readonly tasks: { readonly functions: readonly Task[] };
}

interface Listed<T> {
  readonly data: readonly T[];
}

const CODE = `from dioptra import pyplugs


@pyplugs.register
def greet(name: str, times: int = 1) -> list[str]:
    return [f"Hello, {name}"] * times
`;

let dashboard: Dashboard;

const named = (page: Page, role: 'button' | 'link' | 'textbox' | 'combobox', name: string) =>
  page.getByRole(role, { name, exact: true });

const fileOf = async (plugin: string): Promise<File> => {
  const files = await dashboard.api<Listed<File>>('GET', `/api/v1/plugins/${plugin}/files`);
  const [file] = files.data;
  if (file === undefined) throw new Error('The plugin has no file.');
  return file;
};

/** Makes a plugin by the form; leaves the page at its first file. */
async function makePlugin(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'New plugin' }).first().click();
  await named(page, 'textbox', 'Name').fill(name);
  await named(page, 'button', 'Make the plugin').click();
  await page.waitForURL(/plugins\/\d+\?file=0/);
  return /plugins\/(\d+)/.exec(page.url())?.[1] ?? '';
}

describe.runIf(hasBrowser())('plugins', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  it('takes a file with the tasks that its code registers, and makes the types that are missing', async () => {
    const { page } = await dashboard.visit('/1/plugins');
    await page.getByText('No plugins yet').waitFor();
    const plugin = await makePlugin(page, 'greetings');
    await named(page, 'textbox', 'File').fill('words/hello.py');
    await typeCode(page, 'Python code', CODE);
    await named(page, 'button', 'Read the tasks from the code').click();
    await named(page, 'button', 'Make this type').click();
    await page.getByText('The types are made.').waitFor();
    await page.getByText('The group has no type').waitFor({ state: 'detached' });
    await named(page, 'button', 'Take greet').click();
    await page.getByText('as in the form').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await named(page, 'button', 'Add the file').click();
    await named(page, 'link', 'hello.py').waitFor();
    const file = await fileOf(plugin);
    const [task] = file.tasks.functions;
    expect([file.filename, file.contents]).toEqual(['words/hello.py', CODE]);
    expect(task?.inputParams.map(({ name, required }) => [name, required])).toEqual([
      ['name', true],
      ['times', false],
    ]);
    expect(task?.outputParams[0]?.parameterType.name).toBe('list_str');
  });

  it('keeps versions of a file, tells them apart, and lets nobody overwrite what they have not seen', async () => {
    const { page } = await dashboard.visit('/1/plugins');
    const plugin = await makePlugin(page, 'versions');
    const path = `/api/v1/plugins/${plugin}/files`;
    const body = { filename: 'a.py', contents: 'first = 1\n', tasks: {} };
    const { id } = await dashboard.api<File>('POST', path, body);
    await page.goto(`${dashboard.url}/ui/1/plugins/${plugin}?file=${id}`);
    await typeCode(page, 'Python code', 'second = 2\n');
    await dashboard.api('PUT', `${path}/${id}`, { ...body, contents: 'theirs = 3\n' });
    await named(page, 'button', 'Save a new version').click();
    await page.getByText('Somebody changed it meanwhile').waitFor();
    await page.getByText('theirs').first().waitFor();
    expect(dashboard.trouble().filter((each) => !each.includes('412'))).toEqual([]);
    await named(page, 'button', 'Save mine as the newest version').click();
    await page.getByText('a.py is saved.').waitFor();
    expect((await fileOf(plugin)).contents).toBe('second = 2\n');
    await named(page, 'button', 'Versions of this file').click();
    await named(page, 'combobox', 'With version').waitFor();
    await page.getByText('theirs').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await named(page, 'button', 'Back to the file').click();
    await named(page, 'button', 'Delete the file …').click();
    await named(page, 'button', 'Delete the file').click();
    await page.getByText('The file is deleted.').waitFor();
    await named(page, 'button', 'Delete …').click();
    await named(page, 'button', 'Delete the plugin').click();
    await page.waitForURL(/plugins$/);
    const left = await dashboard.api<Listed<{ id: number }>>('GET', '/api/v1/plugins?groupId=1');
    expect(left.data.map((each) => String(each.id))).not.toContain(plugin);
  });

  it('asks before a file is left whose changes are not saved', async () => {
    const { page } = await dashboard.visit('/1/plugins');
    await makePlugin(page, 'leaving');
    await named(page, 'textbox', 'File').fill('b.py');
    await named(page, 'link', 'Versions').click();
    await named(page, 'button', 'Keep it as it is').click();
    expect(await named(page, 'textbox', 'File').inputValue()).toBe('b.py');
    await named(page, 'link', 'Versions').click();
    await named(page, 'button', 'Leave, and lose them').click();
    await page.getByRole('table', { name: 'Versions of the plugin' }).waitFor();
  });

  it('makes types whose structure means something, and refuses others before they are sent', async () => {
    const { page } = await dashboard.visit('/1/plugins/types');
    await page.getByText('built in').first().waitFor();
    await page.getByRole('button', { name: 'New type' }).click();
    await named(page, 'textbox', 'Name').fill('scores');
    const structure = 'Structure (YAML or JSON); empty for a name alone';
    await typeCode(page, structure, 'list: [number, number]');
    await typeCode(page, structure, 'lists: number');
    await page.getByText('expected exactly one of').waitFor();
    expect(await named(page, 'button', 'Make the type').isDisabled()).toBe(true);
    await typeCode(page, structure, 'mapping: [string, number]');
    await page.keyboard.press('Tab');
    await page.locator('.cm-content:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.locator('.cm-content:focus').waitFor({ state: 'detached' });
    await named(page, 'button', 'Make the type').click();
    await page.getByText('{"mapping":["string","number"]}').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await named(page, 'button', 'Delete scores').click();
    await named(page, 'button', 'Delete the type').click();
    await page.getByText('{"mapping":["string","number"]}').waitFor({ state: 'detached' });
  });

  it('shows readers everything, and nothing that they may not do', async () => {
    await dashboard.account('reader');
    const { id } = await dashboard.api<File>('GET', '/api/v1/users/current', undefined, 'reader');
    const { id: group } = await dashboard.api<File>('POST', '/api/v1/groups', { name: 'library' });
    const permissions = { read: true };
    const members = `/api/v1/groups/${group}/members`;
    await dashboard.api('POST', members, { user: id, permissions });
    const plugin = await dashboard.api<File>('POST', '/api/v1/plugins', { group, name: 'shown' });
    const body = { filename: 'a.py', contents: 'shown = 1', tasks: {} };
    await dashboard.api('POST', `/api/v1/plugins/${plugin.id}/files`, body);
    const { page } = await dashboard.visit(`/${group}/plugins/${plugin.id}`, { as: 'reader' });
    await page.getByText('You may read in this group').waitFor();
    await named(page, 'textbox', 'Python code').getByText('shown').waitFor();
    expect(await page.getByRole('button', { name: 'Save a new version' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /Delete/ }).count()).toBe(0);
    await page.goto(`${dashboard.url}/ui/${group}/entrypoints`);
    await page.getByText('You may read in this group').waitFor();
  });

  it('imports an archive', async () => {
    const { page } = await dashboard.visit('/1/plugins');
    await page.getByRole('button', { name: 'Import …' }).click();
    await page.getByLabel('Archive', { exact: true }).setInputFiles({
      name: 'sample.tar.gz',
      mimeType: 'application/gzip',
      buffer: await archive(),
    });
    await named(page, 'button', 'Import').click();
    await page.getByRole('dialog').getByRole('link', { name: 'imported' }).click();
    await named(page, 'link', 'tasks.py').waitFor();
  });
});

/** A plugin with the configuration beside it, packed. */
async function archive(): Promise<Buffer> {
  const { pack } = await import('tar-stream');
  const { gzipSync } = await import('node:zlib');
  const { buffer } = await import('node:stream/consumers');
  const tar = pack();
  tar.entry({ name: 'dioptra.toml' }, '[[plugins]]\npath = "imported"\n');
  tar.entry({ name: 'imported/tasks.py' }, CODE);
  tar.finalize();
  return gzipSync(await buffer(tar));
}
