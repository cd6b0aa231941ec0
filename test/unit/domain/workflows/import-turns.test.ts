import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtinTypeWrites } from '#domain/plugins/index.ts';
import { importResources } from '#domain/workflows/index.ts';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import type { Context } from '#kernel/context.ts';
import type { Table } from '#kernel/table.ts';
import { movableClock } from '../../../support/clock.ts';

/** Tells the most that was asked of a table in one turn of the event loop. */
function watched(table: Table): { readonly table: Table; readonly most: () => number } {
  let [calls, most] = [0, 0];
  const counted = <A extends unknown[], R>(act: (...input: A) => R) => {
    return (...input: A): R => {
      if (calls === 0) setImmediate(() => (calls = 0));
      calls += 1;
      most = Math.max(most, calls);
      return act(...input);
    };
  };
  const { batchGet, query, write } = table;
  return {
    table: {
      ...table,
      batchGet: counted(batchGet),
      query: counted(query),
      write: counted(write),
    },
    most: () => most,
  };
}

const NAMES = Array.from({ length: 12 }, (_, n) => `n${n}`);
const config = [
  ...NAMES.map((name) => `[[plugins]]\npath = "${name}"\n`),
  // The task is the last plugin's.
  '[[plugins.tasks.functions]]\nfilename = "a.py"\nname = "hello"\n',
  'input_params = []\noutput_params = []\n',
  ...NAMES.map((name) => `[[entrypoints]]\npath = "g.yml"\nname = "${name}"\nplugins = ["n11"]\n`),
].join('');
const files = [
  ['dioptra.toml', config],
  ['g.yml', 'graph:\n  step:\n    hello: []\n'],
  ...NAMES.map((name) => [`${name}/a.py`, 'x = 1\n']),
].map(([filename = '', text = '']) => ({ filename, bytes: Buffer.from(text) }));

let folder: string;
let platform: EmbeddedPlatform;
let ctx: Context;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-import-'));
  platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: 'http://assay.test',
    secret: 'a secret of these tests only',
    clock: movableClock(),
    settings: { registration: 'open', pools: [], passwordLogN: 4, version: 'test' },
    log: { info: () => undefined, error: () => undefined },
  });
  const flags = { read: true, write: true, shareRead: true, shareWrite: true };
  const membership = { groupId: 1, groupName: 'g', flags: { ...flags, owner: true, admin: true } };
  const memberships = new Map([[1, membership]]);
  const actor = { kind: 'user', userId: 1, username: 'alice', memberships } as const;
  ctx = { ...platform, defer: () => undefined, actor };
  await ctx.table.transact(await builtinTypeWrites(ctx, 1));
});
afterAll(async () => {
  platform.close();
  await rm(folder, { recursive: true });
});

it('lets others have their turn between the plugins and the entrypoints of an import', async () => {
  const { table, most } = watched(ctx.table);
  const { plugins, entrypoints } = await importResources(
    { ...ctx, table },
    {
      groupId: 1,
      strategy: 'fail',
      configPath: 'dioptra.toml',
      sent: { kind: 'files', files },
    },
  );

  expect([plugins.size, entrypoints.size]).toEqual([12, 12]);
  expect(most()).toBeLessThan(20);
});
