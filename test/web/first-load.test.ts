/** What a first visit costs: bytes of script, and that nothing is loaded that is not needed yet. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

const MOST_SCRIPT = 150_000;

let dashboard: Dashboard;

/** Compressed bytes of each script that a page loads. */
async function scriptsOf(path: string, as?: null): Promise<ReadonlyMap<string, number>> {
  const { page } = await dashboard.visit('/sign-in', { as: null });
  if (as !== null) {
    await page.fill('[name=username]', 'first');
    await page.fill('[name=password]', 'a long password');
  }
  const scripts = new Map<string, number>();
  page.on('requestfinished', async (request) => {
    if (request.resourceType() !== 'script') return;
    const { responseBodySize } = await request.sizes();
    scripts.set(new URL(request.url()).pathname, responseBodySize);
  });
  if (as === null) await page.reload();
  else await page.click('button[type=submit]');
  await page.waitForURL(`**${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  return scripts;
}

const total = (scripts: ReadonlyMap<string, number>): number =>
  [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);

describe.runIf(hasBrowser())('the first load', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard?.close());

  it('has at most 150 KB of compressed script, home page and all', async () => {
    const scripts = await scriptsOf('/ui/1');

    expect(scripts.size).toBeGreaterThan(1);
    expect(total(scripts)).toBeLessThan(MOST_SCRIPT);
    expect(
      [...scripts.keys()].filter((name) => /uplot|chart|editor|codemirror/i.test(name)),
    ).toEqual([]);
  });

  it('lets strangers sign in, in both themes, without a serious finding of axe', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await dashboard.visit('/1/jobs', { as: null, colorScheme });
      await page.getByRole('button', { name: 'Sign in' }).waitFor();

      expect(new URL(page.url()).pathname).toBe('/ui/sign-in');
      expect(await seriousFindings(page)).toEqual([]);
    }
  });
});
