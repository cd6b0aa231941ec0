import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import {
  check,
  compare,
  itemExists,
  itemMissing,
  put,
  remove,
  type Table,
  update,
  type Write,
} from '#kernel/table.ts';
import { startTestEmulator } from '../support/emulator.ts';
import {
  dynamoError,
  type Fault,
  type ProxiedCall,
  startFaultProxy,
} from '../support/fault-proxy.ts';
import { createTable, emulatorClients } from './aws-support.ts';
import { uniqueName } from './suite.ts';

const emulator = await startTestEmulator();
const proxy = await startFaultProxy(emulator.endpoint);
const direct = emulatorClients(emulator.endpoint);
const faulty = emulatorClients(proxy.endpoint);
const tableName = await createTable(direct.dynamo());
const table = openDynamoTable({ client: faulty.dynamo(), tableName });
const truth = openDynamoTable({ client: direct.dynamo(), tableName });

afterAll(async () => {
  await Promise.all([direct.destroy(), faulty.destroy()]);
  await proxy.stop();
  await emulator.stop();
});

beforeEach(() => proxy.setFaults(() => 'pass'));

const newKey = () => ({ pk: uniqueName('fault'), sk: '1' });
const unavailable = expect.objectContaining({ name: 'AppError', code: 'unavailable' });
/** Only the first call meets the fault. */
const first =
  (fault: Fault) =>
  ({ before }: ProxiedCall): Fault =>
    before === 0 ? fault : 'pass';

// Each has its effect although the caller's first request fails after it was done.
const LOST: readonly Fault[] = ['drop-answer', 'cut-answer'];

describe.each(LOST)('a write whose answer is lost (%s)', (lost) => {
  it('puts once, conditionally', async () => {
    const item = { ...newKey(), by: 'me' };
    proxy.setFaults(first(lost));

    const outcome = await table.write(put(item, itemMissing));

    expect(outcome).toStrictEqual({ ok: true });
    expect(proxy.calls.length).toBeGreaterThan(1);
    expect(await truth.get(item)).toStrictEqual(item);
  });

  it('updates once, conditionally, and answers with the item after it', async () => {
    const item = { ...newKey(), state: 'queued', attempt: 1 };
    await truth.write(put(item));
    proxy.setFaults(first(lost));
    const changes = { set: { state: 'started' }, add: { attempt: 1 } };

    const outcome = await table.write(update(item, changes, compare('state', '=', 'queued')));

    const after = { ...item, state: 'started', attempt: 2 };
    expect(outcome).toStrictEqual({ ok: true, item: after });
    expect(proxy.calls.length).toBeGreaterThan(1);
    expect(await truth.get(item)).toStrictEqual(after);
  });

  it('adds and appends once, without a condition', async () => {
    const key = newKey();
    proxy.setFaults(first(lost));

    const outcome = await table.write(update(key, { add: { n: 1 }, append: { list: ['x'] } }));

    expect(outcome).toStrictEqual({ ok: true, item: { ...key, n: 1, list: ['x'] } });
    expect(await truth.get(key)).toStrictEqual({ ...key, n: 1, list: ['x'] });
  });

  it('deletes once, conditionally', async () => {
    const item = { ...newKey(), n: 1 };
    await truth.write(put(item));
    proxy.setFaults(first(lost));

    const outcome = await table.write(remove(item, compare('n', '=', 1)));

    expect(outcome).toStrictEqual({ ok: true });
    expect(await truth.get(item)).toBeUndefined();
  });

  it('does a transaction once', async () => {
    const [a, b, c] = [newKey(), newKey(), newKey()];
    await truth.write(put({ ...c, n: 1 }));
    proxy.setFaults(first(lost));
    const writes: readonly Write[] = [
      put(a, itemMissing),
      update(b, { add: { n: 1 } }, itemMissing),
      check(c, itemExists),
    ];

    const outcome = await table.transact(writes);

    expect(outcome).toStrictEqual({ ok: true });
    expect(proxy.calls.length).toBeGreaterThan(1);
    expect((await truth.batchGet([a, b])).map((item) => item?.n)).toEqual([undefined, 1]);
    expect(await truth.get(a)).toStrictEqual(a);
  });

  it('finds out in the end when every answer to the write is lost', async () => {
    const item = newKey();
    proxy.setFaults(({ operation }) => (operation === 'PutItem' ? lost : 'pass'));

    const outcome = await table.write(put(item, itemMissing));

    expect(outcome).toStrictEqual({ ok: true });
  });
});

describe('a refusal', () => {
  it('stays one when the request before it was throttled', async () => {
    const item = { ...newKey(), by: 'other' };
    await truth.write(put(item));
    proxy.setFaults(first(dynamoError('ThrottlingException')));

    const outcome = await table.write(put({ ...item, by: 'me' }, itemMissing));

    expect(outcome).toStrictEqual({ ok: false, item });
  });

  it('that nobody could read is asked for again', async () => {
    const item = { ...newKey(), by: 'other' };
    await truth.write(put(item));
    proxy.setFaults(first('cut-answer'));

    expect(await table.write(put({ ...item, by: 'me' }, itemMissing))).toStrictEqual({
      ok: false,
      item,
    });

    proxy.setFaults(first('cut-answer'));
    const changes = { set: { by: 'me' } };
    expect(await table.write(update(item, changes, compare('by', '=', 'nobody')))).toStrictEqual({
      ok: false,
      item,
    });
  });

  it('is left open when our own write, its answer lost, may have been overwritten', async () => {
    const item = newKey();
    proxy.setFaults(first('drop-answer'));
    const racing = table.write(put({ ...item, by: 'me' }, itemMissing));
    // Whoever overwrites the item takes the trace of the first attempt away.
    await expect.poll(() => truth.get(item), { interval: 1 }).toBeDefined();
    await truth.write(put({ ...item, by: 'other' }));

    const outcome = await racing.then(
      (done) => ({ done }),
      (error: unknown) => ({ error }),
    );

    expect(outcome).toEqual({ error: unavailable });
  });

  it('never comes from 50 writers that lose half of their answers, but for 49 of them', async () => {
    const key = newKey();
    proxy.setFaults(({ before }) => (before % 2 === 0 ? 'drop-answer' : 'pass'));

    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, by) => table.write(put({ ...key, by }, itemMissing))),
    );

    const by = (await truth.get(key))?.by;
    const winners = outcomes.flatMap((outcome, at) =>
      outcome.status === 'fulfilled' && outcome.value.ok ? [at] : [],
    );
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(winners).toEqual([by]);
    for (const failure of failures) expect(failure.reason).toEqual(unavailable);
  });
});

/** One call of every kind; each must hold under throttling. */
const everyCall = async (on: Table): Promise<void> => {
  const [key, other] = [newKey(), newKey()];
  expect(await on.write(put({ ...key, n: 1 }, itemMissing))).toStrictEqual({ ok: true });
  expect((await on.write(update(key, { add: { n: 1 } }))).ok).toBe(true);
  expect(await on.transact([put(other, itemMissing), check(key, itemExists)])).toEqual({
    ok: true,
  });
  expect((await on.get(key))?.n).toBe(2);
  expect(await on.batchGet([key, other])).toHaveLength(2);
  expect((await on.query({ pk: key.pk })).items).toHaveLength(1);
  await on.bulk([{ kind: 'delete', key }]);
  expect(await on.write(remove(other, itemExists))).toStrictEqual({ ok: true });
};

const THROTTLES = [
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
] as const;

describe.each(THROTTLES)('%s', (name) => {
  it('is waited out when it meets every other call', async () => {
    proxy.setFaults(({ before }) => (before % 2 === 0 ? dynamoError(name) : 'pass'));

    await everyCall(table);

    expect(proxy.calls.length).toBeGreaterThan(10);
  });
});

describe('a store that is out of order', () => {
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['get', () => table.get(newKey())],
    ['batchGet', () => table.batchGet([newKey()])],
    ['query', () => table.query({ pk: 'x' })],
    ['write', () => table.write(put(newKey(), itemMissing))],
    ['transact', () => table.transact([put(newKey(), itemMissing)])],
    ['bulk', () => table.bulk([{ kind: 'put', item: newKey() }])],
  ];
  const faults: readonly (readonly [string, Fault])[] = [
    ['throttles all', dynamoError('ThrottlingException')],
    ['fails all', dynamoError('InternalServerError', 500)],
    ['resets all', 'reset'],
  ];

  it.each(faults)(
    'that %s is unavailable within 5 s, whatever is called',
    async (_title, fault) => {
      proxy.setFaults(() => fault);

      const tried = calls.map(async ([name, call]) => {
        const started = performance.now();
        const outcome = await call().then(
          () => 'answered',
          (error: unknown) => error,
        );
        return { name, outcome, inTime: performance.now() - started < 5000 };
      });

      const expected = calls.map(([name]) => ({ name, outcome: unavailable, inTime: true }));
      expect(await Promise.all(tried)).toEqual(expected);
    },
  );

  it('says nothing of what the store said', async () => {
    const secret = 'arn:aws:dynamodb:us-east-1:123456789012:table/secret';
    const body = JSON.stringify({ __type: 'x#AccessDeniedException', message: secret });
    proxy.setFaults(() => ({ status: 400, body }));

    const error = await table.get(newKey()).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'AppError', code: 'internal' });
    expect(String(error)).not.toContain('secret');
    expect(proxy.calls).toHaveLength(1);
  });

  it('is asked again when it hangs, and a put that is done twice counts once', async () => {
    const item = { ...newKey(), by: 'me' };
    proxy.setFaults(first({ delayMs: 6000 }));
    const started = performance.now();

    const outcome = await table.write(put(item, itemMissing));

    expect(outcome).toStrictEqual({ ok: true });
    expect(performance.now() - started).toBeLessThan(7000);
    expect(proxy.calls).toHaveLength(2);
    expect(await truth.get(item)).toStrictEqual(item);
  });

  it('is waited for when it is slow', async () => {
    proxy.setFaults(first({ delayMs: 1500 }));

    expect(await table.get(newKey())).toBeUndefined();
  });
});

describe('what a batch leaves undone', () => {
  const unprocessed = (kind: 'UnprocessedKeys' | 'UnprocessedItems', body: string): Fault => {
    const { RequestItems } = JSON.parse(body);
    const rest = { [kind]: RequestItems };
    return {
      status: 200,
      body: JSON.stringify(kind === 'UnprocessedKeys' ? { Responses: {}, ...rest } : rest),
    };
  };

  it('is asked for again', async () => {
    const keys = Array.from({ length: 30 }, newKey);
    proxy.setFaults(({ before, operation, body }) =>
      operation === 'BatchWriteItem' && before < 3 ? unprocessed('UnprocessedItems', body) : 'pass',
    );
    await table.bulk(keys.map((item) => ({ kind: 'put', item })));
    proxy.setFaults(({ before, body }) =>
      before < 3 ? unprocessed('UnprocessedKeys', body) : 'pass',
    );

    const found = await table.batchGet(keys);

    expect(found).toStrictEqual(keys);
    expect(proxy.calls).toHaveLength(4);
  });

  it('is unavailable when nothing is ever done', async () => {
    proxy.setFaults(({ operation, body }) =>
      unprocessed(operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems', body),
    );

    await Promise.all([
      expect(table.batchGet([newKey()])).rejects.toEqual(unavailable),
      expect(table.bulk([{ kind: 'put', item: newKey() }])).rejects.toEqual(unavailable),
    ]);
  });
});
