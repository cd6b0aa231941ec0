import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFlag, type FlagsAsked, flagsFor } from '#domain/flags/index.ts';
import { findProject } from '#domain/projects/index.ts';
import { createCache } from '#kernel/cache.ts';
import type { Context } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Table } from '#kernel/table.ts';
import { type TestApp, testApp } from '../../../support/app.ts';

const GROUP = 7;
let app: TestApp;
let token: string;
/** Of a process of its own. */
let ctx: Context;
const lines: unknown[] = [];

beforeAll(async () => {
  app = testApp();
  ({ token } = await findProject(app.system, GROUP));
  const halves = {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  };
  const filters = { groups: [{ properties: [], rollout_percentage: 100 }], multivariate: halves };
  await createFlag(app.system, { groupId: GROUP, key: 'plain', filters });
});
afterAll(() => app.close());
beforeEach(() => {
  lines.length = 0;
  const log = { info: () => undefined, error: (...line: unknown[]) => void lines.push(line) };
  ctx = { ...app.system, cache: createCache(app.clock), log };
});

const asked = (distinctId: string, more: Partial<FlagsAsked> = {}): FlagsAsked => ({
  token,
  subject: { distinctId },
  runtime: 'server',
  ...more,
});

const broken: Table = new Proxy({} as Table, {
  get: () => async () => {
    throw unavailable('The store is away.');
  },
});

describe('flags while the store is away', () => {
  it('are what they were, for fifteen minutes, with a line of the log', async () => {
    const before = await flagsFor(ctx, asked('ann'));
    const away = { ...ctx, table: broken };
    app.clock.advance(14 * 60_000);
    const then = await flagsFor(away, asked('ann'));
    const pause = lines.length;
    await flagsFor(away, asked('bob'));
    app.clock.advance(2 * 60_000);

    expect(then?.values).toEqual(before?.values);
    expect(lines[0]).toMatchObject(['flags_stale', { groupId: GROUP }]);
    expect(pause).toBeGreaterThan(0);
    await expect(flagsFor(away, asked('ann'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are none where nothing was known', async () => {
    const away = { ...ctx, table: broken };

    await expect(flagsFor(away, asked('ann'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('flags that are the same before and after signing in', () => {
  beforeAll(async () => {
    const [{ evaluation, flag } = { evaluation: undefined, flag: undefined }] =
      (await flagsFor(app.system, asked('x')))?.values ?? [];
    expect(evaluation).toBeDefined();
    await createFlag(app.system, {
      groupId: GROUP,
      key: 'sticky',
      ensureExperienceContinuity: true,
      filters: flag?.filters ?? {},
    });
  });

  const variant = async (where: Context, more: Partial<FlagsAsked> & { id: string }) => {
    const found = await flagsFor(where, asked(more.id, more));
    return found?.values.find(({ flag }) => flag.key === 'sticky')?.evaluation.variant;
  };

  it('go by the first id that was seen, in every process', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `anonymous-${at}`);
    for (const anonymousId of ids) {
      const id = `user-of-${anonymousId}`;
      const own = await variant(ctx, { id: anonymousId });
      const signedIn = await variant(ctx, { id, anonymousId });
      const elsewhere = { ...ctx, cache: createCache(app.clock) };
      const later = await variant(elsewhere, { id });
      const otherDevice = await variant(elsewhere, { id, anonymousId: 'another-device' });

      expect([signedIn, later, otherDevice]).toEqual([own, own, own]);
    }
  });

  it('are written once, whoever comes at once', async () => {
    const claims = ['a', 'b', 'c'].map((anonymousId) =>
      variant({ ...ctx, cache: createCache(app.clock) }, { id: 'raced', anonymousId }),
    );
    const values = await Promise.all(claims);

    expect(new Set(values).size).toBe(1);
  });

  it('cost half a read unit a person, and a write unit the first time', async () => {
    const metered = app.otherProcess();
    const post = (body: object) =>
      metered.client().post('/flags/?v=2', { token, distinct_id: 'counted', ...body });
    await metered.client().post('/flags/?v=2', { token, distinct_id: 'warm' });
    const costs = [];
    for (const body of [{}, {}, { $anon_distinct_id: 'n' }, { $anon_distinct_id: 'n' }, {}]) {
      metered.meter.reset();
      await post(body);
      const { readUnits, writeUnits } = metered.meter.snapshot();
      costs.push([readUnits, writeUnits]);
    }

    expect(costs).toEqual([
      [0.5, 0],
      [0, 0],
      [0.5, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it('are still given where the first id cannot be read', async () => {
    await flagsFor(ctx, asked('warm'));
    const found = await flagsFor({ ...ctx, table: broken }, asked('unread'));

    expect(found?.failed).toBe(true);
    expect(found?.values).toHaveLength(2);
    expect(lines).toMatchObject([['flags_first_id', { groupId: GROUP }]]);
  });
});
