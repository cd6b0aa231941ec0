/**
 * How quick the dashboard is on much of everything: 10,000 runs, 100 curves of 10,000 points, 1,000 jobs and a
 * million events. For `FULL=1` and a machine that is quiet; prints its figures.
 */
import process from 'node:process';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, openDashboard } from './dashboard.ts';
import { longCurves, manyEvents, manyJobs, manyRuns } from './large-data.ts';
import { countLoads, firstPaint, type Loaded, scrollFrames, slowDown } from './measure.ts';

const isFull = process.env.FULL === '1';
const SIZES = { runs: 10_000, curves: 100, points: 10_000, jobs: 1_000, events: 1_000_000 };
const HOURS = 3_600_000;

let dashboard: Dashboard;
let made: { runs: string; curves: string; jobs: number; test: number };
const figures: string[] = [];

const say = (what: string, figure: string): void =>
  void figures.push(`${what.padEnd(58)}${figure}`);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return Math.round(performance.now() - begun);
}

async function measurePage(path: string, settled: (page: Page) => Promise<unknown>): Promise<void> {
  let loaded = (): Loaded => ({ requests: 0, bytes: 0 });
  const begun = performance.now();
  const { page } = await dashboard.visit(path, {
    before: async (fresh) => {
      await slowDown(fresh, 4);
      loaded = countLoads(fresh);
    },
  });
  await settled(page);
  const ms = Math.round(performance.now() - begun);
  await page.waitForTimeout(500);
  const { requests, bytes } = loaded();
  const paint = Math.round(await firstPaint(page));
  say(
    `${path.replaceAll(/[0-9a-f]{32}/g, '…')} (4× slower)`,
    `first paint ${paint} ms, complete ${ms} ms, ${requests} requests, ${Math.round(bytes / 1_000)} KB`,
  );
  await page.context().close();
}

describe.runIf(isFull && hasBrowser())('the figures of the dashboard', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
    const curves = await longCurves(dashboard, { runs: SIZES.curves, points: SIZES.points });
    made = {
      runs: await manyRuns(dashboard, SIZES.runs),
      curves: curves.experiment,
      jobs: await manyJobs(dashboard, SIZES.jobs),
      test: await manyEvents(dashboard, SIZES.events),
    };
  }, HOURS);
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(async () => {
    console.log(figures.join('\n'));
    await dashboard?.close();
  });

  it(
    'scrolls through all runs',
    async () => {
      const { page } = await dashboard.visit(`/1/experiments/${made.runs}`);
      await page
        .getByRole('link', { name: /^run \d+$/ })
        .first()
        .waitFor();
      const frames = await scrollFrames(page, '.data-table', 20_000);
      say(
        `${SIZES.runs} runs, scrolled ${Math.round(frames.scrolled / 34)} rows`,
        `${frames.perSecond.toFixed(1)} frames/s, longest ${Math.round(frames.longest)} ms`,
      );

      expect(frames.scrolled).toBeGreaterThan(1_000);
      expect(frames.perSecond).toBeGreaterThan(50);
    },
    HOURS,
  );

  it(
    'draws the curves of many runs',
    async () => {
      const { page } = await dashboard.visit('/1', {});
      await page.getByRole('heading', { level: 1 }).waitFor();
      const ms = await timed(async () => {
        await page.goto(`${dashboard.url}/ui/1/experiments/${made.curves}?tab=charts&most=100`);
        await page.locator('.line-chart canvas').first().waitFor();
        await page
          .getByText(/\d[\d,]* points/)
          .first()
          .waitFor();
      });
      // A second time everything but the figures is there: what somebody waits for who looks at another experiment.
      await page.goto(`${dashboard.url}/ui/1/experiments`);
      await page.getByRole('link', { name: `${SIZES.curves} curves` }).click();
      await page
        .getByRole('link', { name: /^run \d+$/ })
        .first()
        .waitFor();
      const answered = page.waitForResponse(/get-series/);
      const again = await timed(async () => {
        await page.getByRole('link', { name: 'Charts' }).click();
        await (await answered).finished();
        await page.locator('.line-chart canvas').first().waitFor();
      });
      say(`${SIZES.curves} runs of ${SIZES.points} points: click to chart`, `${again} ms`);
      say(`${SIZES.curves} runs of ${SIZES.points} points: page to chart`, `${ms} ms`);

      expect(await page.locator('.line-chart canvas').count()).toBeGreaterThan(0);
    },
    HOURS,
  );

  it(
    'shows each page soon, on a slow machine, too',
    async () => {
      const shown = (text: RegExp | string) => (page: Page) =>
        page.getByText(text).first().waitFor();
      await measurePage('/1', (page) => page.getByRole('heading', { level: 1 }).waitFor());
      await measurePage('/1/experiments', shown(`${SIZES.runs} runs`));
      await measurePage(`/1/experiments/${made.runs}`, shown(/^run \d+$/));
      await measurePage('/1/jobs', shown(/^job \d+$/));
      await measurePage(`/1/ab-tests/${made.test}`, shown(/Revenue/));
      await measurePage('/1/flags', shown('large'));
      await measurePage('/1/people', shown('first@assay.test'));

      expect(figures.length).toBeGreaterThanOrEqual(8);
    },
    HOURS,
  );

  it(
    'works out what a million events say',
    async () => {
      const { page } = await dashboard.visit(`/1/ab-tests/${made.test}`);
      const ms = await timed(() =>
        page
          .getByText(/chance to win|p-value/i)
          .first()
          .waitFor({ timeout: 120_000 }),
      );
      say(`${SIZES.events} events: page to result`, `${ms} ms`);

      expect(await page.getByText('test', { exact: true }).count()).toBeGreaterThan(0);
    },
    HOURS,
  );
});
