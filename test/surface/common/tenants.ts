import { expect, it } from 'vitest';
import type * as z from 'zod';
import { pathParameters } from '#http/route.ts';
import { addressOf } from './fixture.ts';
import { callOf, expectError, MISSING, type Row, type Stage, send, withoutIds } from './stage.ts';

const hasField = (schema: z.ZodType | undefined, name: string): boolean =>
  schema !== undefined && 'shape' in schema && name in (schema.shape as object);

/** What members of other groups get to see. */
export function tenantTests(stage: Stage, row: Row): void {
  if (row.access.kind !== 'scoped' && row.access.kind !== 'login') return;
  const isOwn = row.fixture.own === true;
  if (!isOwn && pathParameters(row.path).length > 0) foreignTest(stage, row);
  if (row.method === 'GET' && hasField(row.response, 'totalNumResults')) listTest(stage, row);
  if (row.fixture.administrators === true) {
    it('is for administrators only, not for owners of other groups', async () => {
      for (const client of [stage.mine.reader, stage.theirs.owner]) {
        const answer = await send(client, await callOf(stage, row));

        expectError(stage, answer, 403);
        expect(answer.text).toContain('Only administrators');
      }
    });
  }
}

function foreignTest(stage: Stage, row: Row): void {
  it('shows other groups the bytes of a missing thing', async () => {
    const { base } = stage.matrix;
    const { owner } = stage.theirs;
    const ids = (await row.fixture.params?.(stage.mine)) ?? {};
    const body = await row.fixture.body?.(stage.theirs);
    const none = Object.fromEntries(Object.keys(ids).map((name, at) => [name, MISSING + at]));
    const foreign = await owner.call(row.method, addressOf(base, row, ids), body);
    const missing = await owner.call(row.method, addressOf(base, row, none), body);

    if (row.fixture.empty === true) {
      expect(foreign.body).toMatchObject({ totalNumResults: 0, data: [] });
    } else expectError(stage, foreign, row.fixture.administrators === true ? 403 : 404);
    expect(withoutIds(foreign.text, Object.values(ids))).toBe(
      withoutIds(missing.text, Object.values(none)),
    );
  });
}

function listTest(stage: Stage, row: Row): void {
  it('lists nothing of other groups, not even when asked for one', async () => {
    const { mine, theirs } = stage;
    const { path } = await callOf(stage, row, theirs);
    const list = await theirs.owner.get(`${path}?pageLength=1000`);

    expect(list.body.totalNumResults).toBe(list.body.data.length);
    for (const { group } of list.body.data) expect(group?.id).not.toBe(mine.group.id);
    if (!hasField(row.query, 'groupId')) return;
    const foreign = await theirs.owner.get(`${path}?groupId=${mine.group.id}`);
    const missing = await theirs.owner.get(`${path}?groupId=${MISSING}`);
    expectError(stage, foreign, 404);
    expect(withoutIds(foreign.text, [mine.group.id])).toBe(withoutIds(missing.text, [MISSING]));
  });
}
