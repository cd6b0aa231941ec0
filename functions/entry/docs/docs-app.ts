import { Hono } from 'hono';
import { type Credential, readSession } from '#http/credentials.ts';
import { type StoredBody, storedAnswer, storedText } from '#http/stored-body.ts';
import type { Actor } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { documents } from '../documents.ts';
import type { PageFiles } from './files.ts';
import { PAGE_HEADERS, pageHtml, SAFE } from './page.ts';

type Authenticate = (credential: Credential) => Promise<Actor>;

const NAMES: ReadonlySet<string> = new Set(documents.map(({ name }) => name));
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The name of whoever has the session that a request shows. */
async function signedIn({ headers }: Request, authenticate: Authenticate): Promise<string | null> {
  const token = readSession(headers);
  if (token === undefined) return null;
  const actor = await authenticate({ kind: 'session', token }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unauthenticated') return undefined;
    throw error;
  });
  return actor !== undefined && 'username' in actor ? actor.username : null;
}

/**
 * The page /docs, the same for every API that it may show; its files, by exactly their names; and who is
 * signed in, which the page could not learn without a refusal in the browser's log where nobody is.
 */
export function docsApp({ version, read }: PageFiles, authenticate: Authenticate): Hono {
  const app = new Hono({ strict: false }).basePath('/docs');
  let page: Promise<StoredBody> | undefined;
  const answerPage = async (request: Request): Promise<Response> => {
    page ??= storedText(pageHtml(`/docs/${version}`), 'text/html; charset=utf-8');
    return storedAnswer(request, await page, PAGE_HEADERS);
  };
  app.get('/', (c) => answerPage(c.req.raw));
  app.get('/session', async (c) => {
    const username = await signedIn(c.req.raw, authenticate);
    return c.json({ username }, 200, { ...SAFE, 'cache-control': 'no-store' });
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
