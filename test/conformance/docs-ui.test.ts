/** The page /docs in a real browser, in front of a real server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '#entry/documents.ts';
import { hasBrowser, launch, type Watched, watchedPage } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { authorize, choose, openForm, shows, tryOut } from './docs-ui/swagger.ts';

const account = { username: 'dana', password: 'a long password' };

/** Makes the account, the first; gives a token of it. */
async function newAccount(url: string): Promise<string> {
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const { username, password } = account;
  const email = 'dana@assay.test';
  await post('/users', { username, email, password, confirmPassword: password });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await post('/users/current/tokens', { name: 'page' }, { authorization });
  return ((await answer.json()) as { readonly token: string }).token;
}

const documentOf = (name: string) => {
  const found = documents.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no document ${name}.`);
  return found;
};

let server: TestServer;
let browser: Browser;
let watched: Watched;
let page: Page;
let token: string;

// One visit, step by step: the page loads megabytes of script, and documents as large.
describe.runIf(hasBrowser())('the page of the documents', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    server = await startTestServer();
    token = await newAccount(server.url);
    browser = await launch();
    watched = await watchedPage(browser);
    ({ page } = watched);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('is where a browser comes to, and shows the first document', async () => {
    await page.goto(server.url);
    await shows(page, documents[0].path);

    expect(page.url()).toBe(`${server.url}/docs`);
  });

  it('signs people in, and keeps no secret', async () => {
    await page.getByLabel('Name', { exact: true }).fill(account.username);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const button = page.getByRole('button', { name: 'Sign out' });
    await button.waitFor();

    expect(await page.locator('#who').textContent()).toBe('dana');
    expect(await page.locator('#password').inputValue()).toBe('');
    expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(page.url()).toBe(`${server.url}/docs`);
    const kept = 'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])';
    expect(await page.evaluate(kept)).toBe('["",{},{}]');
  });

  it('reads and writes with that session, in the examples’ own words', async () => {
    expect(await tryOut(page, 'queues', 'createQueue')).toBe('200');
    expect(await tryOut(page, 'queues', 'listQueues')).toBe('200');
  });

  it.each([
    ['mlflow', 'experiments', 'createExperiment'],
    ['oracle', 'registered_models', 'createRegisteredModel'],
  ])('does so in the dialect %s', async (name, tag, operationId) => {
    await choose(page, documentOf(name));

    expect(await tryOut(page, tag, operationId)).toBe('200');
    expect(page.url()).toMatch(new RegExp(`^${server.url}/docs/${name}`));
  });

  it('leaves empty in a form what nobody wants to send', async () => {
    await choose(page, documentOf('testbed'));
    const operation = await openForm(page, 'job', 'submitJob');

    const inputs = operation.locator('.parameters input[type=text]');
    const values = await inputs.evaluateAll((all) => all.map((each) => Reflect.get(each, 'value')));
    expect(values.filter(Boolean)).toEqual(['mnist', 'tensorflow_cpu', '24h', 'main', '-P name=x']);
  });

  it.each(documents.filter(({ name }) => !['v1', 'mlflow', 'oracle'].includes(name)))(
    'shows the document of $title',
    (document) => choose(page, document),
  );

  it('goes back to the document of before', async () => {
    const before = documentOf('mlflow');
    await choose(page, before);
    await choose(page, documentOf('worker'));
    while (!page.url().includes('/docs/mlflow')) await page.goBack();
    await shows(page, before.path);
  });

  it('signs people out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();

    expect(await page.locator('#signed-in').isVisible()).toBe(false);
  });

  it.each(['a name and password', 'a token'])('takes %s by the button "Authorize"', async (how) => {
    await page.goto(`${server.url}/docs/mlflow`);
    await shows(page, documentOf('mlflow').path);
    const { username, password } = account;
    if (how === 'a token') await authorize(page, 'A personal token.', { Value: token });
    else {
      const fields = { Username: username, Password: password };
      await authorize(page, 'Name and password of an account.', fields);
    }

    expect(await tryOut(page, 'experiments', 'searchExperiments')).toBe('200');
    // It is for calls from this page alone, until it is left.
    expect(await page.locator('#sign-in').isVisible()).toBe(true);
  });

  it('had nothing to complain of, and asked no other origin', () => {
    expect(watched.complaints).toEqual([]);
    expect([...watched.origins]).toEqual([server.url]);
  });
});
