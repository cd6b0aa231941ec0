import { describe, expect, it } from 'vitest';
import { signIn } from '#entry/authenticate.ts';
import { dioptraRoutes, parts } from '#surfaces/dioptra/parts.ts';

/** A request's path for a route's. */
const example = (path: string): string => path.replaceAll(/\{[^}]+\}/g, '1');

describe('the parts of the API', () => {
  it.each(parts)('are asked for all their own routes: $name', async (part) => {
    const routes = await part.routes(signIn);

    expect(routes.length).toBeGreaterThan(0);
    for (const { path } of routes) {
      expect([path, parts.find(({ paths }) => paths.test(example(path)))?.name]).toEqual([
        path,
        part.name,
      ]);
    }
  });

  it('hold every route once', async () => {
    const routes = await dioptraRoutes(signIn);
    const addresses = routes.map(({ method, path }) => `${method} ${path}`);

    expect(addresses.length).toBeGreaterThan(90);
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});
