import { Hono } from 'hono';
import { renewedActor } from '#domain/identity/index.ts';
import { mountDialect, type Surroundings } from '#http/mount.ts';
import { partAt } from '#http/parts.ts';
import { REQUEST_ID, type RequestIdHeader, requestIdOf } from '#http/request-id.ts';
import type { Platform } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { OPC_REQUEST_ID, ORACLE_PATH } from '#surfaces/oracle/prefix.ts';
import { authenticate, signIn } from './authenticate.ts';
import { gatewayIdOf } from './gateway-id.ts';
import { inParts, type Loader } from './in-parts.ts';
import type { Pages } from './pages/pages.ts';
import { POSTHOG_PUBLIC } from './posthog-paths.ts';

const BASE = '/api/v1';

/** Links of the list of an experiment's metrics have two slashes, as Dioptra's have. */
const TWO_SLASHES = /^\/api\/v1\/\/(?=experiments\/\d+\/metrics$)/;

const dioptra: Loader = async (surroundings) => {
  const { dioptraDialect, parts } = await import('#surfaces/dioptra/dialect.ts');
  const app = inParts(
    (path) => partAt(parts, path.slice(BASE.length)),
    async (part) => dioptraDialect((await part?.routes(signIn)) ?? []),
    surroundings,
    BASE,
  );
  return new Hono().all('*', async (c) => {
    const { path } = c.req;
    if (!TWO_SLASHES.test(path)) return app.fetch(c.req.raw);
    return c.redirect(path.replace(TWO_SLASHES, `${BASE}/`) + new URL(c.req.url).search, 308);
  });
};

const worker: Loader = async (surroundings) => {
  const { workerDialect } = await import('#surfaces/worker/dialect.ts');
  return new Hono({ strict: false }).route(
    '/api/worker/v1',
    mountDialect(workerDialect, surroundings),
  );
};

const mlflow: Loader = async (surroundings) => {
  const { mlflowDialect, partOf, rowsOf } = await import('#surfaces/mlflow/dialect.ts');
  return inParts(partOf, async (part) => mlflowDialect(await rowsOf(part)), surroundings);
};

const oracle: Loader = async (surroundings) => {
  const { oracleDialect, partOf, rowsOf } = await import('#surfaces/oracle/dialect.ts');
  return inParts(partOf, async (part) => oracleDialect(await rowsOf(part)), surroundings);
};

const testbed: Loader = async (surroundings) => {
  const { testbedDialect, parts } = await import('#surfaces/testbed/dialect.ts');
  return inParts(
    (path) => partAt(parts, path.slice('/api'.length)),
    async (part) => testbedDialect((await part?.routes()) ?? []),
    surroundings,
    '/api',
  );
};

const posthog: Loader = async (surroundings) =>
  (await import('./posthog.ts')).posthogApi(surroundings);

const posthogPublic: Loader = async (surroundings) =>
  (await import('./posthog-public.ts')).posthogPublic(surroundings);

interface Served {
  readonly path: RegExp;
  readonly load: Loader;
  /** Where its callers name their requests in a header of its own. */
  readonly requestId?: RequestIdHeader;
}

/** By the start of the path; the first that fits is asked. */
const dialects: readonly Served[] = [
  { path: /^\/api\/v1(\/|$)/, load: dioptra },
  { path: /^\/api\/worker\/v1\//, load: worker },
  { path: /^\/api\/(experiment|job|queue|taskPlugin|user|openapi\.json)(\/|$)/, load: testbed },
  { path: POSTHOG_PUBLIC, load: posthogPublic },
  { path: /^\/api\/(projects|environments|personal_api_keys|users|schema)(\/|$)/, load: posthog },
  // However an address of MLflow's is spelt, who mistypes it gets an answer that its clients read.
  { path: /^\/+(ajax-)?api\/+\d+\.\d/i, load: mlflow },
  {
    path: /^\/(version|graphql|get-artifact|model-versions\/get-artifact|v1\/traces)\/?$/i,
    load: mlflow,
  },
  { path: ORACLE_PATH, load: oracle, requestId: OPC_REQUEST_ID },
];

const servedAt = (at: string): Served | undefined => dialects.find(({ path }) => path.test(at));

/** The whole API: finds the dialect of a request and answers in it; with files for them also the pages. */
export function buildApp(
  platform: Platform,
  defer: (work: Promise<unknown>) => void,
  pages?: Pages,
): Hono {
  const surroundings: Surroundings = {
    platform,
    defer,
    authenticate: (credential) => authenticate(platform, credential),
    renewed: (actor) => renewedActor(platform, actor),
  };
  const load = loadOnce((loader: Loader) => loader(surroundings));
  const app = new Hono({ strict: false });
  app.use(async (c, next) => {
    const header = servedAt(c.req.path)?.requestId;
    const requestId = requestIdOf(c.req.raw, { gatewayId: gatewayIdOf(c.env), header });
    await next();
    // Not by `c.header`: it makes a new response with a stream for its body, which costs as much
    // again as all of a small answer.
    c.res.headers.set(REQUEST_ID, requestId);
    if (header !== undefined) c.res.headers.set(header.name, requestId);
  });
  const pagesOf = loadOnce(async () => {
    const { pagesApp } = await import('./pages/pages.ts');
    return pagesApp(platform.settings, surroundings.authenticate, pages);
  });
  app.on('GET', ['/', '/docs/*', '/ui/*'], async (c) => (await pagesOf()).fetch(c.req.raw));
  app.get('/health', (c) =>
    // MLflow's says `OK`. Its clients read the status alone; who wants that text can ask for text.
    /^text\/plain\b/i.test(c.req.header('accept') ?? '')
      ? c.text('OK')
      : c.json({ status: 'healthy', version: platform.settings.version }),
  );
  app.all('*', async (c) => {
    const served = servedAt(c.req.path);
    if (served === undefined) return c.json({ message: 'The requested URL was not found.' }, 404);
    return (await load(served.load)).fetch(c.req.raw);
  });
  return app;
}
