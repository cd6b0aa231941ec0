import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unavailable } from '#kernel/errors.ts';
import {
  type Answer,
  type Client,
  type TestApp,
  type TestUser,
  testApp,
} from '../../support/app.ts';

const EXPERIMENTS = '/api/v1/experiments';
const DAY = 86_400_000;

let app: TestApp;
let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  app = testApp();
  alice = await app.newUser();
  bob = await app.newUser();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

let made = 0;
const newKey = (): string => {
  made += 1;
  return `key ${made}`;
};
const body = (name: string) => ({ group: 1, name });
const keyed = (
  client: Client,
  key: string,
  content: unknown,
  path = EXPERIMENTS,
): Promise<Answer> => client.call('POST', path, content, { 'idempotency-key': key });
const named = async (name: string): Promise<number> =>
  (await alice.get(`${EXPERIMENTS}?search=name:'${name}'&showDeleted=true`)).body.totalNumResults;

describe('a POST with a key (P13)', () => {
  it('50 times at once has one effect, and in the end 50 identical answers', async () => {
    const key = newKey();
    const ask = async (): Promise<Answer> => {
      for (;;) {
        const answer = await keyed(alice, key, body('fifty'));
        if (answer.status !== 409) return answer;
        expect(answer.body.error).toBe('IdempotentCallInProgressError');
        expect(answer.headers.get('retry-after')).toBe('1');
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    const answers = await Promise.all(Array.from({ length: 50 }, ask));

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 200, body: { name: 'fifty' } });
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
    expect(await named('fifty')).toBe(1);
  });

  it('50 times at once in processes that know nothing of each other has one effect', async () => {
    const key = newKey();
    const others = Array.from({ length: 50 }, () =>
      app.otherProcess().client({ cookie: alice.cookie }),
    );
    const path = '/api/v1/users/current/tokens';
    const before = (await alice.get(path)).body.data.length;

    // Tokens have no names that would keep a second one away.
    const content = { name: 'of a key' };
    const answers = await Promise.all(others.map((client) => keyed(client, key, content, path)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect((await alice.get(path)).body.data).toHaveLength(before + 1);
  });

  it('and other input is refused', async () => {
    const key = newKey();
    expect((await keyed(alice, key, body('of one input'))).status).toBe(200);

    const otherBody = await keyed(alice, key, body('of another'));
    const otherQuery = await keyed(alice, key, body('of one input'), `${EXPERIMENTS}?x=1`);

    expect([otherBody.status, otherBody.body.error]).toEqual([422, 'IdempotencyKeyMismatchError']);
    expect(await named('of another')).toBe(0);
    // A query that the route does not have asks for nothing.
    expect(otherQuery.status).toBe(200);
  });

  it('is another call for another person, and at another address', async () => {
    const key = newKey();
    const mine = await keyed(alice, key, body('hers'));
    const theirs = await keyed(bob, key, body('his'));
    const elsewhere = await keyed(alice, key, body('hers'), '/api/v1/queues');

    expect([mine.status, theirs.status, elsewhere.status]).toEqual([200, 200, 200]);
    expect(new Set([mine, theirs, elsewhere].map(({ body: { id } }) => id)).size).toBe(3);
    expect((await keyed(alice, key, body('hers'), `${EXPERIMENTS}/`)).text).toBe(mine.text);
  });

  it('is kept for a day by the clock, not by what the store has tidied up', async () => {
    const key = newKey();
    const first = await keyed(alice, key, body('of a day'));
    app.clock.advance(DAY - 1);
    const same = await keyed(alice, key, body('of a day'));
    app.clock.advance(1_001);
    const late = await keyed(alice, key, body('of the day after'));

    expect(same.text).toBe(first.text);
    expect(late).toMatchObject({ status: 200, body: { name: 'of the day after' } });
  });

  it('is not used up by a call that was refused, nor by one that changed nothing', async () => {
    const key = newKey();
    const refused = await keyed(alice, key, { group: 1, name: '' });
    await alice.post(EXPERIMENTS, body('taken'));
    const taken = await keyed(alice, key, body('taken'));
    const done = await keyed(alice, key, body('not taken'));

    expect([refused.status, taken.status, done.status]).toEqual([400, 409, 200]);
    expect(taken.body.error).toBe('EntityExistsError');
  });

  it('answers as before when what it made is deleted, and makes no other', async () => {
    const key = newKey();
    const first = await keyed(alice, key, body('deleted since'));
    await alice.delete(`${EXPERIMENTS}/${first.body.id}`);

    const again = await keyed(alice, key, body('deleted since'));

    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await named('deleted since')).toBe(1);
  });

  it('answers nobody who has left the group', async () => {
    const carol = await app.newUser();
    const group = await app.newGroup(alice);
    await app.join(carol, group, { read: true, write: true });
    const key = newKey();
    const content = { group: group.id, name: 'of a group' };
    expect((await keyed(carol, key, content)).status).toBe(200);
    await app.join(carol, group, {});

    expect((await keyed(carol, key, content)).status).toBe(404);
  });

  it('shows each caller the fields that it asks for', async () => {
    const key = newKey();
    await keyed(alice, key, body('masked'));
    const headers = { 'idempotency-key': key, 'x-fields': 'name' };

    const masked = await alice.call('POST', EXPERIMENTS, body('masked'), headers);

    expect(masked.text).toBe('{"name":"masked"}');
  });

  it.each(['', 'x'.repeat(65), 'ä', 'a\tb'])('must not have the key %j', async (key) => {
    const answer = await keyed(alice, key, body(`of ${key.length}`));

    expect([answer.status, answer.body.error]).toEqual([400, 'RequestHeaderValidationError']);
  });

  it.each(['x', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '~'.repeat(64)])(
    'may have the key %j',
    async (key) => {
      expect((await keyed(alice, key, body(`named ${key.length}`))).status).toBe(200);
    },
  );
});

describe('a call whose answer is not there', () => {
  /** Does a call, but never gets to keep its answer. */
  async function crashed(key: string, name: string): Promise<void> {
    const { write } = app.platform.table;
    const spy = vi.spyOn(app.platform.table, 'write').mockImplementation(async (one) => {
      if (one.kind === 'update' && one.key.pk.startsWith('KEPT#')) throw new Error('crash');
      return write(one);
    });
    await keyed(alice, key, body(name));
    spy.mockRestore();
    expect((app.errors as string[]).splice(0)).toEqual([expect.stringContaining('crash')]);
  }

  it('since its process died is done once: first it is waited for, then it tells what it did', async () => {
    const key = newKey();
    await crashed(key, 'crashed');
    const soon = await keyed(alice, key, body('crashed'));
    app.clock.advance(60_001);
    const later = await keyed(alice, key, body('crashed'));

    expect(soon.body.error).toBe('IdempotentCallInProgressError');
    expect([later.status, later.body.error]).toEqual([409, 'IdempotentCallAnswerLostError']);
    const { changed } = later.body.detail;
    const { resource_id: id } = changed.find((each: object) => 'resource_id' in each);
    expect((await alice.get(`${EXPERIMENTS}/${id}`)).body.name).toBe('crashed');
    expect(await named('crashed')).toBe(1);
  });

  it('since the store lost it tells what it did, without waiting', async () => {
    const key = newKey();
    const { transact } = app.platform.table;
    const spy = vi.spyOn(app.platform.table, 'transact').mockImplementationOnce(async (writes) => {
      await transact(writes);
      throw unavailable('lost');
    });
    const first = await keyed(alice, key, body('lost'));
    spy.mockRestore();

    const again = await keyed(alice, key, body('lost'));

    expect([first.status, first.body.error]).toEqual([409, 'IdempotentCallAnswerLostError']);
    expect([again.status, again.body.error]).toEqual([409, 'IdempotentCallAnswerLostError']);
    const { changed } = again.body.detail;
    const { resource_id: id } = changed.find((each: object) => 'resource_id' in each);
    expect((await alice.get(`${EXPERIMENTS}/${id}`)).body.name).toBe('lost');
    expect(await named('lost')).toBe(1);
  });

  it('since the store was out of reach is done by the next one', async () => {
    const key = newKey();
    const spy = vi
      .spyOn(app.platform.table, 'transact')
      .mockRejectedValueOnce(unavailable('out of reach'));
    const first = await keyed(alice, key, body('away'));
    spy.mockRestore();

    const again = await keyed(alice, key, body('away'));

    expect((app.errors as string[]).splice(0)).toEqual([expect.stringContaining('out of reach')]);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '1']);
    expect(again.status).toBe(200);
    expect(await named('away')).toBe(1);
  });

  it('since it holds a secret is kept nowhere', async () => {
    const key = newKey();
    const content = { name: 'secret' };
    const path = '/api/v1/users/current/tokens';
    const { body: first } = await keyed(alice, key, content, path);
    const again = await keyed(alice, key, content, path);

    expect([again.status, again.body.error]).toEqual([409, 'IdempotentCallAnswerLostError']);
    expect(again.body.detail.changed).toEqual([{ entity_type: 'token', token_id: first.id }]);
    expect(again.text).not.toContain(first.token);
  });

  it('since it was too long is told so', async () => {
    const key = newKey();
    const plugin = (await alice.post('/api/v1/plugins', body('of_a_long_file'))).body.id;
    const content = {
      filename: 'long.py',
      contents: '#'.repeat(140_000),
      tasks: { functions: [], artifacts: [] },
    };
    const path = `/api/v1/plugins/${plugin}/files`;
    expect((await keyed(alice, key, content, path)).status).toBe(200);

    const again = await keyed(alice, key, content, path);

    expect([again.status, again.body.error]).toEqual([409, 'IdempotentCallAnswerLostError']);
    expect(again.body.message).toContain('too long');
  });
});
