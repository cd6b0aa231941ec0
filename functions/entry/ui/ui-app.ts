import { Hono } from 'hono';
import { storedAnswer } from '#http/stored-body.ts';
import { FOR_EVER, pageHeaders, SAFE } from '../pages/headers.ts';
import type { PageFiles } from '../pages/page-files.ts';

export const INDEX = 'index.html';
const BASE = '/ui';
const ASSETS = /^assets(?:\/|$)/;

export interface UiOptions {
  readonly files: PageFiles;
  /** Where signed URLs of artifacts lead, if not to the page's own origin. */
  readonly stores: readonly string[];
}

/**
 * The dashboard: its files by exactly their names, and at every other address the page itself, which knows
 * what to show there. An asset that is not there is an error: a page of a version before must notice.
 */
export function uiApp({ files, stores }: UiOptions): Hono {
  const headers = pageHeaders({
    'img-src': ["'self'", 'data:', 'blob:', ...stores],
    // Previews fetch artifacts, and are sent on to where these lie.
    'connect-src': ["'self'", ...stores],
    'font-src': ["'self'"],
    'form-action': ["'self'"],
  });
  const app = new Hono();
  app.get(`${BASE}/*`, async (c, next) => {
    const name = c.req.path.slice(BASE.length + 1);
    const isAsset = ASSETS.test(name);
    const file = name === INDEX ? undefined : await files.read(name);
    if (file !== undefined) {
      const cached = isAsset ? FOR_EVER : 'no-cache';
      return storedAnswer(c.req.raw, file, { ...SAFE, 'cache-control': cached });
    }
    const page = isAsset ? undefined : await files.read(INDEX);
    return page === undefined ? next() : storedAnswer(c.req.raw, page, headers);
  });
  app.notFound((c) => c.json({ message: 'The requested URL was not found.' }, 404));
  return app;
}
