/** Figures of pages in a browser: paint, frames, requests, bytes. */
import type { Page } from 'playwright-core';

/** A processor that is so many times slower, as in a small laptop or a phone. */
export async function slowDown(page: Page, times: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: times });
}

/** Milliseconds from the navigation to the first text or picture. */
export const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );

export interface Loaded {
  readonly requests: number;
  /** Bodies as they came, compressed. */
  readonly bytes: number;
}

/** Counts what a page asks for from now on. */
export function countLoads(page: Page): () => Loaded {
  let [requests, bytes] = [0, 0];
  page.on('requestfinished', async (request) => {
    requests += 1;
    const sizes = await request.sizes().catch(() => undefined);
    bytes += Math.max(0, sizes?.responseBodySize ?? 0);
  });
  return () => ({ requests, bytes });
}

export interface Frames {
  /** Mean of the whole time. */
  readonly perSecond: number;
  /** The longest time without a frame, in ms. */
  readonly longest: number;
  /** How far it came, in px. */
  readonly scrolled: number;
}

/** Runs in the page: a frame each time that the browser has drawn one, and 90 px further down. */
const SCROLL = `(element, duration) => new Promise((resolve) => {
  const begun = element.scrollTop;
  const times = [];
  const frame = (time) => {
    times.push(time);
    element.scrollTop += 90;
    if (time - times[0] < duration) return void requestAnimationFrame(frame);
    const gaps = times.slice(1).map((each, at) => each - times[at]);
    const whole = times.at(-1) - times[0];
    const scrolled = element.scrollTop - begun;
    resolve({ perSecond: (gaps.length / whole) * 1000, longest: Math.max(...gaps), scrolled });
  };
  requestAnimationFrame(frame);
})`;

/** Scrolls something down for a time, frame by frame, and counts them. */
export const scrollFrames = (page: Page, selector: string, ms: number): Promise<Frames> =>
  page.evaluate<Frames>(`(${SCROLL})(document.querySelector('${selector}'), ${ms})`);
