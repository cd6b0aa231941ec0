import { Hono } from 'hono';
import type { Dialect } from '#http/dialect.ts';
import { mountDialect, type Surroundings } from '#http/mount.ts';
import { loadOnce } from '#kernel/load-once.ts';

/** Loads the dialect that a path belongs to; each is a chunk of its own in the bundle. */
export type Loader = (surroundings: Surroundings) => Promise<Hono>;

/** A dialect whose parts load with the first request for one of their paths. */
export function inParts<P>(
  partOf: (path: string) => P,
  dialectOf: (part: P) => Promise<Dialect>,
  surroundings: Surroundings,
  base = '/',
): Hono {
  const mount = loadOnce(async (part: P) =>
    new Hono({ strict: false }).route(base, mountDialect(await dialectOf(part), surroundings)),
  );
  return new Hono().all('*', async (c) => (await mount(partOf(c.req.path))).fetch(c.req.raw));
}
