import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathParameters } from '#http/route.ts';
import { type Answer, type Client, type TestApp, testApp } from '../../support/app.ts';
import { addressOf } from './fixture.ts';
import {
  callOf,
  expectError,
  guardedRows,
  MISSING,
  type Row,
  type Stage,
  send,
  WRONG_KIND,
} from './stage.ts';

const DAY = 86_400_000;

/** What shows nobody, or nobody that there is. */
const STRANGERS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['nobody', {}],
  ['an unknown session', { cookie: 'session=ses_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
  ['an unknown token', { authorization: 'Bearer asy_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
  ['an unknown job', { authorization: 'Bearer asj_1_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
  ['an unknown worker', { authorization: 'Bearer asw_default_aaaaaaaaaaaaaaaaaaaaaaaa' }],
  ['a token of no known kind', { authorization: 'Bearer x' }],
  ['no words at all', { authorization: 'Basic' }],
];

const addressWith = ({ matrix }: Pick<Stage, 'matrix'>, row: Row, id: number): string => {
  const ids = pathParameters(row.path).map(({ name }) => [name, id]);
  return addressOf(matrix.base, row, Object.fromEntries(ids));
};

/** Which kinds of credentials a route lets in. */
export function credentialTests(stage: Stage, row: Row): void {
  const { access } = row;
  if (access.kind === 'public') return;
  const expectWrongKind = (answer: Answer): void => {
    expectError(stage, answer, 403);
    expect(answer.text).toMatch(WRONG_KIND);
  };

  it.each(STRANGERS)('refuses %s with 401 before it looks at anything else', async (_, headers) => {
    const client = stage.app.client(headers);
    const answer = await client.call(row.method, addressWith(stage, row, MISSING), '{"broken');

    expectError(stage, answer, 401);
  });

  it('refuses a wrong password with 401 before it looks at anything else', async () => {
    // A name of its own each time: after too many wrong passwords a name has to wait.
    const { username } = await stage.app.newUser();
    const client = stage.app.client({ authorization: `Basic ${btoa(`${username}:wrong`)}` });
    const answer = await client.call(row.method, addressWith(stage, row, MISSING), '{"broken');

    expectError(stage, answer, 401);
  });

  it('lets workers in only where it says so', async () => {
    const worker = stage.app.bearer(await stage.app.newWorkerToken());
    const answer = await send(worker, await callOf(stage, row));

    if (access.kind === 'worker') expect(answer.text).not.toMatch(WRONG_KIND);
    else expectWrongKind(answer);
  });

  it('lets the child of a job in only where it says so', async () => {
    const child = stage.app.bearer(stage.mine.claim.jobToken);
    const answer = await send(child, await callOf(stage, row));

    const isOpen = access.kind === 'scoped' && access.jobs === true;
    if (isOpen) expect(answer.text).not.toMatch(WRONG_KIND);
    else expectWrongKind(answer);
  });

  if (access.kind === 'worker') {
    it('is for no person', async () => {
      expectWrongKind(await send(stage.mine.owner, await callOf(stage, row)));
    });
  }
}

/** Which scopes a token needs. */
export function scopeTests(stage: Stage, row: Row): void {
  const { access } = row;
  const as = async (...scopes: readonly string[]): Promise<Answer> => {
    const { token } = await stage.mine.owner.newToken(scopes);
    return send(stage.app.bearer(token), await callOf(stage, row));
  };
  if (access.kind === 'login') {
    it('is not for tokens with scopes', async () => {
      expectError(stage, await as('user:write', 'group:write'), 403);
    });
  }
  if (access.kind !== 'scoped') return;
  const { object, action } = access;
  it(`takes a token of the scope ${object}:${action}, and no other`, async () => {
    const right = await as(`${object}:${action}`);
    const other = await as('something_else:write');

    expect(right).toMatchObject({ status: row.fixture.status ?? 200 });
    expectError(stage, other, 403);
    expect(other.text).toContain(`${object}:${action}`);
    if (action === 'write') expectError(stage, await as(`${object}:read`), 403);
    else expect(await as(`${object}:write`)).toMatchObject({ status: right.status });
  });
}

/** Sessions end by themselves, tokens when they are revoked. */
export function endedCredentialTests(stage: Pick<Stage, 'matrix' | 'rows'>): void {
  describe('what has ended', () => {
    let late: TestApp;
    let ended: readonly Client[];
    beforeAll(async () => {
      late = testApp();
      const user = await late.newUser();
      const { id, token } = await user.newToken();
      const expired = late.client({ cookie: user.cookie });
      const revoked = late.bearer(token);
      ended = [expired, revoked, late.bearer(await late.newWorkerToken())];
      for (const client of [expired, revoked]) {
        expect((await client.get('/api/v1/users/current')).status).toBe(200);
      }
      await user.delete(`/api/v1/users/current/tokens/${id}`);
      late.clock.advance(14 * DAY + 1);
    });
    afterAll(() => late.close());

    // What ends a session itself goes last, so that no other route is spared.
    const endingLast = guardedRows(stage.rows).toSorted(
      (a, b) => Number(a.operationId === 'logout') - Number(b.operationId === 'logout'),
    );
    it.each(endingLast)('does not open $method $path', async (row) => {
      for (const client of ended) {
        const answer = await client.call(row.method, addressWith(stage, row, 1), {});

        expectError(stage as Stage, answer, 401);
      }
    });
  });
}
