import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeFlag,
  createFlag,
  findFlag,
  findFlagByKey,
  listFlags,
  planFlagChange,
  planNewFlag,
} from '#domain/flags/index.ts';
import { commitRows } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';

let app: TestApp;
let ctx: Context;
beforeAll(() => {
  app = testApp();
  ctx = app.system;
});
afterAll(() => app.close());

const GROUP = 7;

describe('a plan of a flag', () => {
  it('makes it beside other changes, once', async () => {
    const one = await planNewFlag(ctx, { groupId: GROUP, key: 'planned', experimentIds: [3] });
    const other = await planNewFlag(ctx, { groupId: GROUP, key: 'planned' });

    await commitRows(ctx, [one.change], one.more, one.explain);
    const second = commitRows(ctx, [other.change], other.more, other.explain);

    await expect(second).rejects.toMatchObject({ detail: { attr: 'key', code: 'unique' } });
    const found = await findFlagByKey(ctx, GROUP, 'planned');
    expect(found).toEqual(one.flag);
    expect(found).toMatchObject({ version: 1, active: true, experimentIds: [3] });
  });

  it('changes what it began with, and nothing else', async () => {
    const before = await createFlag(ctx, { groupId: GROUP, key: 'changed' });
    const one = await planFlagChange(ctx, before, { active: false });
    const other = await planFlagChange(ctx, before, { name: 'late' });

    await commitRows(ctx, [one.change], one.more, one.explain);
    const second = commitRows(ctx, [other.change], other.more, other.explain);

    await expect(second).rejects.toMatchObject({ reason: 'write_conflict' });
    const { id } = before;
    expect(await findFlag(ctx, { groupId: GROUP, id })).toMatchObject({
      active: false,
      version: 2,
    });
  });

  it('links experiments without a new version', async () => {
    const before = await createFlag(ctx, { groupId: GROUP, key: 'linked' });
    const { flag } = await planFlagChange(ctx, before, { experimentIds: [1, 2] });

    expect(flag).toMatchObject({ version: 1, revision: 2, experimentIds: [1, 2] });
  });
});

describe('the key of a flag', () => {
  it('is free while it is deleted', async () => {
    const where = { groupId: GROUP };
    const first = await createFlag(ctx, { ...where, key: 'reused' });
    await changeFlag(ctx, { ...where, id: first.id, change: () => ({ deleted: true }) });
    const second = await createFlag(ctx, { ...where, key: 'reused' });

    const restored = changeFlag(ctx, {
      ...where,
      id: first.id,
      change: () => ({ deleted: false }),
    });

    await expect(restored).rejects.toMatchObject({ detail: { code: 'unique' } });
    const keys = (await listFlags(ctx, GROUP)).filter(({ key }) => key === 'reused');
    expect(keys.map(({ id }) => id)).toEqual([second.id]);
  });

  it('moves with it', async () => {
    const where = { groupId: GROUP };
    const flag = await createFlag(ctx, { ...where, key: 'old-name' });
    await changeFlag(ctx, { ...where, id: flag.id, change: () => ({ key: 'new-name' }) });

    await createFlag(ctx, { ...where, key: 'old-name' });
    const again = createFlag(ctx, { ...where, key: 'new-name' });

    await expect(again).rejects.toMatchObject({ detail: { code: 'unique' } });
  });
});
