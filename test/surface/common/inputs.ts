import { expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { withValue } from './fixture.ts';
import {
  callerOf,
  callOf,
  expectError,
  MISSING,
  type Row,
  type Stage,
  send,
  withoutIds,
} from './stage.ts';

const NO_JSON = ['', '{', '{"a":}', 'nul', '\u0000', '[1', '"\\ud8"', '{}{}', '\uFFFE'] as const;
const NO_BODY = [null, [], 'text', 7, true, [{}], {}] as const;

/** Fields that callers must not be able to set, whatever they are called on the inside. */
const FORBIDDEN_FIELDS: Readonly<Record<string, unknown>> = {
  id: 424_242,
  user: 424_242,
  owner: 424_242,
  userId: 424_242,
  groupId: 424_242,
  createdOn: '2000-01-01T00:00:00Z',
  lastModifiedOn: '2000-01-01T00:00:00Z',
  snapshot: 424_242,
  revision: 424_242,
  deleted: true,
  deletedOn: 1,
  role: 'admin',
  admin: true,
  flags: { admin: true },
  constructor: {},
};

/** What a route with a body refuses. */
export function inputTests(stage: Stage, row: Row): void {
  const { body, bodyOptional } = row;
  if (body === undefined) return;

  it.each(NO_JSON)('refuses the body %j', async (text) => {
    if (text === '' && bodyOptional === true) return;
    const { path } = await callOf(stage, row);
    const caller = await callerOf(stage, row);

    expectError(stage, await caller.call(row.method, path, text), 400);
  });

  it.each(NO_BODY)('refuses %j as its body', async (value) => {
    // Some bodies have defaults for everything.
    if (body.safeParse(value).success) return;
    const { path } = await callOf(stage, row);
    const caller = await callerOf(stage, row);

    expectError(stage, await caller.call(row.method, path, JSON.stringify(value)), 400);
  });

  it('refuses fields that it does not know, and applies none of them', async () => {
    const call = await callOf(stage, row);
    const caller = await callerOf(stage, row);
    const unknown = Object.entries(FORBIDDEN_FIELDS).filter(
      ([name]) => !Object.hasOwn(call.body, name),
    );
    // A field of the call's own may have the name of one of these, never most of them.
    expect(unknown.length).toBeGreaterThan(10);
    for (const [name, value] of unknown) {
      const answer = await send(caller, { ...call, body: { ...call.body, [name]: value } });

      expectError(stage, answer, 400);
    }
    const text = `{"__proto__":{"id":1},${JSON.stringify(call.body).slice(1)}`;
    expectError(stage, await caller.call(call.method, call.path, text), 400);
  });
}

/** The name in a body, which may be in messages. */
const nameIn = (body: Json): object => (body.name === undefined ? {} : { name: body.name });

/** Ids inside a body that belong to another group. */
export function referenceTests(stage: Stage, row: Row): void {
  const { refs, missing: status = 404 } = row.fixture;
  if (refs === undefined) return;
  it("takes another group's ids in its body for missing ones", async () => {
    const { owner } = stage.theirs;
    for (const [path, id] of Object.entries(refs(stage.mine))) {
      const call = await callOf(stage, row, stage.theirs);
      const foreign = await send(owner, { ...call, body: withValue(call.body, path, id) });
      const again = await callOf(stage, row, stage.theirs);
      const body = withValue({ ...again.body, ...nameIn(call.body) }, path, MISSING);
      const missing = await send(owner, { ...again, body });

      const paths = [call.path, again.path];
      expect({ path, status: foreign.status }).toEqual({ path, status });
      expect(withoutIds(foreign.text, [...paths, id])).toBe(
        withoutIds(missing.text, [...paths, MISSING]),
      );
    }
  });
}
