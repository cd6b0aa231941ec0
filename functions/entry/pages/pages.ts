import { Hono } from 'hono';
import type { Settings } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { docsApp } from '../docs/docs-app.ts';
import { documents } from '../documents.ts';
import { uiSession } from '../ui/session.ts';
import { uiApp } from '../ui/ui-app.ts';
import type { FindPageFiles } from './page-files.ts';
import type { Authenticate } from './session.ts';

/** The pages that an API has. */
export interface Pages {
  readonly docs: FindPageFiles;
  /** Of the dashboard, where it is built. */
  readonly ui?: {
    /** Missing where another function answers with them. */
    readonly files?: FindPageFiles;
    /** Asked with the first request: a server knows its own address only then. */
    readonly stores?: () => readonly string[];
  };
}

/** The root of the host: for programs what there is, for browsers the way to a page; and the pages. */
export function pagesApp(
  settings: Settings,
  authenticate: Authenticate,
  pages: Pages | undefined,
): Hono {
  const app = new Hono({ strict: false });
  const home = pages?.ui === undefined ? '/docs' : '/ui/';
  app.get('/', async (c) => {
    if (pages !== undefined) c.header('vary', 'accept');
    const isBrowser = /\btext\/html\b/i.test(c.req.header('accept') ?? '');
    if (pages !== undefined && isBrowser) return c.redirect(home);
    const { version } = settings;
    return c.json({ name: 'Assay', version, documents: documents.map(({ path }) => path) });
  });
  if (pages !== undefined) {
    const docs = loadOnce(async () => docsApp(await pages.docs(), authenticate));
    app.get('/docs/*', async (c) => (await docs()).fetch(c.req.raw));
  }
  if (pages?.ui !== undefined) {
    const { files, stores = () => [] } = pages.ui;
    app.get('/ui/session', (c) => uiSession(c.req.raw, authenticate, settings));
    const ui = files && loadOnce(async () => uiApp({ files: await files(), stores: stores() }));
    if (ui !== undefined) app.get('/ui/*', async (c) => (await ui()).fetch(c.req.raw));
  }
  app.notFound((c) => c.json({ message: 'The requested URL was not found.' }, 404));
  return app;
}
