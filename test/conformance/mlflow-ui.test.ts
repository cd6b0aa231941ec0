/** MLflow's own web UI, from its package, in front of Assay and in a real browser. */
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeServer } from '#entry/node-server.ts';
import { buildFolder } from '../../infra/mlflow-ui/build-folder.ts';
import { startFront } from '../../infra/mlflow-ui/front.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { fill, type Shown, signUp } from './mlflow-ui/data.ts';
import { BANNERS, pagesOf, TOLERATED } from './mlflow-ui/pages.ts';

const CHROMIUM = process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium';
const full = process.env.FULL === '1';
const isThere = existsSync(CHROMIUM);
if (full && !isThere) {
  console.log(`MLflow's web UI is left out: there is no ${CHROMIUM} (Debian's package chromium).`);
}
/** Of the pages, in the order of {@link pagesOf}. */
const NAMES = pagesOf({ authorization: '', experiment: '', runs: [], model: '' }).map(
  ({ name }) => name,
);

let server: TestServer;
let front: NodeServer;
let browser: Browser;
let shown: Shown;
let folder: string;

interface Visit {
  readonly page: Page;
  readonly asked: readonly string[];
  /** Calls that failed, with their status. */
  readonly failed: readonly string[];
  /** What the page's own code threw. */
  readonly thrown: readonly string[];
}

async function visit(hash: string): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1_700, height: 1_000 } });
  const asked: string[] = [];
  const failed: string[] = [];
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(String(error)));
  page.on('response', (response) => {
    const address = response.url().replace(front.url, '');
    asked.push(address);
    if (response.status() >= 400) failed.push(`${response.status()} ${address}`);
  });
  page.on('requestfailed', (request) => {
    // Charts that are no longer shown take their calls back.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      failed.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  await page.goto(`${front.url}/#${hash}`);
  return { page, asked, failed, thrown };
}

describe.runIf(full && isThere)("MLflow's web UI", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-ui-'));
    server = await startTestServer();
    shown = await fill(server.url, await signUp(server.url));
    const { authorization } = shown;
    front = await startFront({
      build: await buildFolder(),
      server: server.url,
      authorization,
      port: 0,
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    console.log(`Pictures of the pages are in ${folder}`);
  });
  afterAll(async () => {
    await browser?.close();
    await front?.close();
    await server?.stop();
  });

  it.each(NAMES)('shows the page %s', async (name) => {
    const wanted = pagesOf(shown).find((page) => page.name === name);
    const { page, asked, failed, thrown } = await visit(wanted?.hash ?? '');
    const text = () => page.evaluate('document.body.innerText') as Promise<string>;
    const missing = async () => {
      const there = await text();
      return (wanted?.shows ?? []).filter((part) => !there.includes(part));
    };
    // A page that does not come is looked at, too.
    await expect
      .poll(missing, { timeout: 20_000, interval: 200 })
      .toEqual([])
      .finally(async () => {
        await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
        const picture = join(folder, `${name.replaceAll(' ', '-')}.png`);
        await page.screenshot({ path: picture });
      });

    expect(BANNERS.exec(await text())?.[0]).toBe(undefined);
    expect(failed.filter((line) => !TOLERATED.some((known) => known.test(line)))).toEqual([]);
    expect(thrown).toEqual([]);
    expect((wanted?.asks ?? []).filter((call) => !asked.some((line) => call.test(line)))).toEqual(
      [],
    );
    await page.close();
  });
});
