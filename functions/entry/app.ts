import { Hono } from 'hono';
import { type Dialect, mountDialect, type Surroundings } from '#http/mount.ts';
import type { Platform } from '#kernel/context.ts';
import { authenticate, signIn } from './authenticate.ts';

/** Loads the dialect that a path belongs to; each is a chunk of its own in the bundle. */
type Loader = (surroundings: Surroundings) => Promise<Hono>;

const dioptra: Loader = async (surroundings) => {
  const { dioptraDialect } = await import('#surfaces/dioptra/dialect.ts');
  return new Hono({ strict: false }).route(
    '/api/v1',
    mountDialect(dioptraDialect(signIn), surroundings),
  );
};

const worker: Loader = async (surroundings) => {
  const { workerDialect } = await import('#surfaces/worker/dialect.ts');
  return new Hono({ strict: false }).route(
    '/api/worker/v1',
    mountDialect(workerDialect, surroundings),
  );
};

const mlflow: Loader = async (surroundings) => {
  const { mlflowDialect } = await import('#surfaces/mlflow/dialect.ts');
  return new Hono({ strict: false }).route('/', mountDialect(mlflowDialect, surroundings));
};

/** By the start of the path; the first that fits is asked. */
const dialects: readonly (readonly [RegExp, Loader])[] = [
  [/^\/api\/v1(\/|$)/, dioptra],
  [/^\/api\/worker\/v1\//, worker],
  [/^\/(ajax-)?api\/[23]\.0\/|^\/version$/, mlflow],
];

export type { Dialect };

/** The whole API: finds the dialect of a request and answers in it. */
export function buildApp(platform: Platform, defer: (work: Promise<unknown>) => void): Hono {
  const surroundings: Surroundings = {
    platform,
    defer,
    authenticate: (credential) => authenticate(platform, credential),
  };
  const loaded = new Map<Loader, Promise<Hono>>();
  const load = (loader: Loader): Promise<Hono> => {
    const app = loaded.get(loader) ?? loader(surroundings);
    loaded.set(loader, app);
    return app;
  };
  const app = new Hono({ strict: false });
  app.get('/health', (c) => c.json({ status: 'healthy', version: platform.settings.version }));
  app.all('*', async (c) => {
    const [, loader] = dialects.find(([path]) => path.test(c.req.path)) ?? [];
    if (loader === undefined) return c.json({ message: 'The requested URL was not found.' }, 404);
    return (await load(loader)).fetch(c.req.raw);
  });
  return app;
}
