import { describe, expect, it } from 'vitest';
import { mlflowRoutes, partOf } from '#surfaces/mlflow/dialect.ts';
import { parts } from '#surfaces/mlflow/parts.ts';
import { partOf as oraclePartOf } from '#surfaces/oracle/dialect.ts';
import { base } from '../oracle/support.ts';

/** A request's path for a route's. */
const example = (path: string): string => path.replaceAll(/\{[^}]+\}/g, '1');

describe("the parts of MLflow's API", () => {
  it.each(parts)('are asked for all their own rows, at both addresses: $name', async (part) => {
    const rows = await part.routes();

    expect(rows.length).toBeGreaterThan(0);
    for (const { path } of rows) {
      const found = [partOf(example(path)), oraclePartOf(`${base(1)}${example(path)}`)];
      expect([path, ...found.map((each) => each?.name)]).toEqual([path, part.name, part.name]);
    }
  });

  it('hold every row once', async () => {
    const rows = await mlflowRoutes();
    const addresses = rows.map(({ method, path }) => `${method} ${path}`);

    expect(addresses.length).toBeGreaterThan(60);
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});
