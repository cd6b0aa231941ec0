import { Hono } from 'hono';
import { partAt } from '#http/parts.ts';
import { posthogDialect } from '#surfaces/posthog/dialect.ts';
import { parts } from '#surfaces/posthog/parts.ts';
import { inParts, type Loader } from './in-parts.ts';

/** PostHog has a second name for projects, of which nothing else differs. */
const ENVIRONMENTS = /^\/api\/environments(?=\/|$)/;

/** What asks events is answered by a function of its own, at the address without a slash at its end. */
const SLASHED_QUERY = /\/query\/+$/;

/** PostHog's API for people and programs with credentials. */
export const posthogApi: Loader = async (surroundings) => {
  const app = inParts(
    (path) => partAt(parts, path),
    async (part) => posthogDialect((await part?.routes()) ?? []),
    surroundings,
  );
  return new Hono().all('*', async (c) => {
    const { path } = c.req;
    if (surroundings.platform.warehouse === undefined && SLASHED_QUERY.test(path)) {
      const { search } = new URL(c.req.url);
      return c.redirect(path.replace(/\/+$/, '') + search, 308);
    }
    if (!ENVIRONMENTS.test(path)) return app.fetch(c.req.raw);
    const url = new URL(c.req.url);
    url.pathname = url.pathname.replace(ENVIRONMENTS, '/api/projects');
    return app.fetch(new Request(url, c.req.raw));
  });
};
