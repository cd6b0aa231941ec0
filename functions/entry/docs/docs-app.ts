import { Hono } from 'hono';
import { type StoredBody, storedAnswer, storedText } from '#http/stored-body.ts';
import { documents } from '../documents.ts';
import { FOR_EVER, SAFE } from '../pages/headers.ts';
import type { PageFiles } from '../pages/page-files.ts';
import { type Authenticate, sessionAnswer, signedIn } from '../pages/session.ts';
import { PAGE_HEADERS, pageHtml } from './page.ts';

const NAMES: ReadonlySet<string> = new Set(documents.map(({ name }) => name));

/** The page /docs, the same for every API that it may show; its files, by exactly their names; and who is signed in. */
export function docsApp({ version, read }: PageFiles, authenticate: Authenticate): Hono {
  const app = new Hono({ strict: false }).basePath('/docs');
  let page: Promise<StoredBody> | undefined;
  const answerPage = async (request: Request): Promise<Response> => {
    page ??= storedText(pageHtml(`/docs/${version}`), 'text/html; charset=utf-8');
    return storedAnswer(request, await page, PAGE_HEADERS);
  };
  app.get('/', (c) => answerPage(c.req.raw));
  app.get('/session', async (c) => {
    const actor = await signedIn(c.req.raw, authenticate);
    return sessionAnswer({ username: actor?.username ?? null });
  });
  app.get('/:name', async (c, next) =>
    NAMES.has(c.req.param('name')) ? answerPage(c.req.raw) : next(),
  );
  app.get('/:version/:file', async (c, next) => {
    const file = await read(c.req.param('file'));
    if (file === undefined) return next();
    // A page of another version gets what there is now, and asks again the next time.
    const cached = c.req.param('version') === version ? FOR_EVER : 'no-cache';
    return storedAnswer(c.req.raw, file, { ...SAFE, 'cache-control': cached });
  });
  app.notFound((c) => c.json({ message: 'The requested URL was not found.' }, 404));
  return app;
}
