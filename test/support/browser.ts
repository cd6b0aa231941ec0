import { existsSync } from 'node:fs';
import process from 'node:process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser; says so where there is none. */
export function hasBrowser(): boolean {
  const isThere = existsSync(CHROMIUM);
  if (!isThere) {
    console.log(`Pages are left out: there is no ${CHROMIUM} (Debian's package chromium).`);
  }
  return isThere;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });

/** A page and all that went wrong on it. */
export interface Watched {
  readonly page: Page;
  /** What the browser complained of, refusals of the page's policy among it. */
  readonly complaints: readonly string[];
  /** Origins that were asked for anything. */
  readonly origins: ReadonlySet<string>;
}

/** A page of a visitor of its own, whom no other page shares cookies with. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const viewport = { width: 1_300, height: 1_000 };
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    // Icons in the style sheet itself.
    if (protocol !== 'data:') origins.add(origin);
  });
  page.on('requestfailed', (request) => {
    complaints.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  return { page, complaints, origins };
}
