/** The dashboard as it is served: what its policy lets a real browser do, and what not. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard } from './dashboard.ts';

const TEXT = 'what a run has written\n'.repeat(100);

let dashboard: Dashboard;
/** An address that sends on to a signed URL. */
let artifact: string;

async function newArtifact(): Promise<string> {
  const { run } = await dashboard.api<{ run: { info: { run_id: string } } }>(
    'POST',
    '/api/2.0/mlflow/runs/create',
    { experiment_id: '0' },
  );
  const { run_id: id } = run.info;
  const path = `/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/notes.txt`;
  const credentials = Buffer.from(`${FIRST}:${PASSWORD}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const stored = await fetch(dashboard.url + path, { method: 'PUT', headers, body: TEXT });
  expect(stored.status).toBe(200);
  return path;
}

/** Fetches as the page would: what it reads, or why it does not. */
const fetched = (page: Page, url: string, range?: string): Promise<unknown> =>
  page.evaluate(
    async ([address = '', bytes]) => {
      try {
        const answer = await fetch(
          address,
          bytes === undefined ? {} : { headers: { range: bytes } },
        );
        return {
          status: answer.status,
          text: await answer.text(),
          etag: answer.headers.get('etag'),
        };
      } catch (error) {
        return String(error);
      }
    },
    [url, range] as (string | undefined)[],
  );

/** Tries what a page of ours never does; gives its title, and what was refused. */
const TRESPASS = `(async () => {
  const seen = [];
  document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
  const add = (name, more) => document.body.append(Object.assign(document.createElement(name), more));
  add('script', { textContent: 'document.title = "run"' });
  add('iframe', { src: 'https://elsewhere.test/' });
  add('img', { src: 'https://elsewhere.test/x.png' });
  await fetch('https://elsewhere.test/').catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return [document.title, ...seen.sort()];
})()`;

const whole = { status: 200, text: TEXT, etag: expect.stringMatching(/^"/) };

describe.runIf(hasBrowser())('the dashboard in a browser', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    artifact = await newArtifact();
  });
  afterAll(() => dashboard?.close());

  it.each(['', '/', '/1/jobs', '/1/people'])(
    'shows at /ui%s, and nothing is refused',
    async (path) => {
      const { page, origins } = await dashboard.visit(path);
      await page.locator('#root > *, body > div > *').first().waitFor();

      expect([...origins]).toEqual([dashboard.url]);
      expect(dashboard.trouble()).toEqual([]);
      await page.close();
    },
  );

  it('is where browsers come to, signed in or not', async () => {
    const { page } = await dashboard.visit('', { as: null });
    // Else what it is loading would be given up.
    await page.waitForLoadState('networkidle');
    await page.goto(dashboard.url);
    await page.waitForLoadState('networkidle');

    expect(new URL(page.url()).pathname).toMatch(/^\/ui\//);
    expect(await fetched(page, '/ui/session')).toMatchObject({ status: 200 });
    expect(dashboard.trouble()).toEqual([]);
    await page.close();
  });

  it('reads an artifact, and a part of one', async () => {
    const { page } = await dashboard.visit('/');

    expect(await fetched(page, artifact)).toEqual(whole);
    expect(await fetched(page, artifact, 'bytes=0-9')).toEqual({
      ...whole,
      status: 206,
      text: TEXT.slice(0, 10),
    });
    expect(dashboard.trouble()).toEqual([]);
    await page.close();
  });

  it('reads one from another origin, as from a bucket, when sent on by its own', async () => {
    const { page } = await dashboard.visit('/', { as: null });
    await page.goto(`${dashboard.url.replace('127.0.0.1', 'localhost')}/ui/`);
    const signedIn = await page.evaluate(
      async ([username, password]) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ username, password });
        return (await fetch('/api/v1/auth/login', { method: 'POST', headers, body })).status;
      },
      [FIRST, PASSWORD],
    );

    expect(signedIn).toBe(200);
    expect(await fetched(page, artifact)).toEqual(whole);
    expect(dashboard.trouble()).toEqual([]);
    await page.close();
  });

  it('reaches nothing else, and runs no script that is not one of its files', async () => {
    const { page } = await dashboard.visit('/');
    const [title, ...directives] = await page.evaluate<string[]>(TRESPASS);

    expect(title).not.toBe('run');
    expect(directives).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem']);
    expect(dashboard.trouble().length).toBeGreaterThanOrEqual(4);
    await page.close();
  });
});
