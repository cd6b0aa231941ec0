/**
 * The dashboard in a real browser, in front of the real API on one machine: `openDashboard` starts both,
 * `visit` opens a page as somebody, and `trouble` tells what the browser complained of, which must be nothing.
 *
 *   const dashboard = await openDashboard();                 // in beforeAll; `--jobs` runs jobs, too
 *   const { page } = await dashboard.visit('/1/jobs');       // below /ui, as the first user; group 1
 *   await dashboard.api('POST', '/api/v1/queues', { … });    // as the first user, with what it answered
 *   expect(dashboard.trouble()).toEqual([]);                 // in afterEach; empties the list
 *   await dashboard.close();                                 // in afterAll
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { PASSWORD } from '../support/accounts.ts';
import { launch, type Watched, watchedPage } from '../support/browser.ts';
import { startTestServer } from '../support/test-server.ts';

export interface Dashboard {
  readonly url: string;
  readonly browser: Browser;
  /** Calls the API as a user (the first one when missing); throws unless it is answered with 2xx. */
  api<Answer = unknown>(method: string, path: string, body?: object, as?: string): Promise<Answer>;
  /** Makes an account, with the same password as all others. */
  account(username: string): Promise<void>;
  /** A page below /ui, of somebody who is signed in (the first user when missing; `null`: nobody). */
  visit(path: string, options?: VisitOptions): Promise<Watched>;
  /** What went wrong on any page since it was asked last. */
  trouble(): readonly string[];
  close(): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  readonly as?: string | null;
  /** Done before the page is loaded, in a browser that has loaded nothing yet. */
  readonly before?: (page: Page) => Promise<void>;
}

/** The first user; an owner of group 1. */
export const FIRST = 'first';

const basic = (username: string): string =>
  `Basic ${Buffer.from(`${username}:${PASSWORD}`).toString('base64')}`;

async function call(url: string, method: string, path: string, body?: object, as?: string) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as !== undefined && { authorization: basic(as) }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const register = (url: string, username: string): Promise<unknown> =>
  call(url, 'POST', '/api/v1/users', {
    username,
    email: `${username}@assay.test`,
    password: PASSWORD,
    confirmPassword: PASSWORD,
  });

/** Signs in by the API: the browser gets the same cookies as by the form. */
async function signIn(context: BrowserContext, url: string, username: string): Promise<void> {
  const answer = await context.request.post(`${url}/api/v1/auth/login`, {
    data: { username, password: PASSWORD },
  });
  if (!answer.ok()) throw new Error(`${username} was not let in: ${answer.status()}`);
}

/** Starts a server (`--jobs`: with a worker) and a browser. */
export async function openDashboard(...options: readonly '--jobs'[]): Promise<Dashboard> {
  const server = await startTestServer('--ui', ...options);
  const { url } = server;
  const browser = await launch();
  const watched: Watched[] = [];
  const told = new Map<Watched, number>();
  await register(url, FIRST);
  return {
    url,
    browser,
    api: (method, path, body, as = FIRST) => call(url, method, path, body, as),
    account: async (username) => void (await register(url, username)),
    async visit(path, { as = FIRST, before, ...context } = {}) {
      const visited = await watchedPage(browser, context);
      watched.push(visited);
      if (as !== null) await signIn(visited.page.context(), url, as);
      await before?.(visited.page);
      await visited.page.goto(`${url}/ui${path}`);
      return visited;
    },
    trouble: () =>
      watched.flatMap((each) => {
        const fresh = each.complaints.slice(told.get(each) ?? 0);
        told.set(each, each.complaints.length);
        // What a page no longer waits for when it is left did not fail.
        const bad = fresh.filter((what) => !what.startsWith('net::ERR_ABORTED'));
        return bad.map((what) => `${new URL(each.page.url()).pathname}: ${what}`);
      }),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** What axe finds serious or worse on a page, as lines. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
