import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unavailable } from '#kernel/errors.ts';
import { inJson, toJson, wireDouble } from '#surfaces/mlflow/json.ts';
import {
  type Answer,
  type Client,
  type Json,
  type TestApp,
  type TestUser,
  testApp,
} from '../../support/app.ts';

const API = '/api/2.0/mlflow';
const DAY = 86_400_000;

let app: TestApp;
let alice: TestUser;
let bob: TestUser;
let experiment: string;
beforeAll(async () => {
  app = testApp();
  alice = await app.newUser();
  bob = await app.newUser();
  const made = await alice.post(`${API}/experiments/create`, { name: 'of all runs' });
  experiment = made.body.experiment_id;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

let made = 0;
let key: string;
beforeEach(() => {
  made += 1;
  key = `key ${made}`;
});

const post = (path: string, body: unknown, client: Client = alice): Promise<Answer> =>
  client.call('POST', `${API}${path}`, body, { 'idempotency-key': key });
const newRun = (body: object = {}, client?: Client): Promise<Answer> =>
  post('/runs/create', { experiment_id: experiment, start_time: 1, ...body }, client);
const plainRun = async (): Promise<string> => {
  const body = { experiment_id: experiment, start_time: 1 };
  return (await alice.post(`${API}/runs/create`, body)).body.run.info.run_id;
};
const runOf = async (id: string) => (await alice.get(`${API}/runs/get?run_id=${id}`)).body.run;
const historyOf = async (id: string, metric: string) =>
  (await alice.get(`${API}/metrics/get-history?run_id=${id}&metric_key=${metric}`)).body.metrics;
const point = (run_id: string) => ({ run_id, key: 'loss', value: 0.5, timestamp: 1, step: 1 });

/** Whatever the store keeps of calls: guarding a write costs a transaction. */
const transactions = () => vi.spyOn(app.platform.table, 'transact');

describe('runs/create with a key (P13)', () => {
  it('uses up no key where the store refused it', async () => {
    const refuse = unavailable('No more.', undefined, { throttled: true });
    const spy = transactions().mockRejectedValueOnce(refuse);
    const refused = await newRun({ run_name: 'refused' });
    spy.mockRestore();
    (app.errors as string[]).splice(0);
    const again = await newRun({ run_name: 'refused' });

    expect([refused.status, again.status]).toEqual([503, 200]);
    expect((await runOf(again.body.run.info.run_id)).info.run_name).toBe('refused');
  });

  it('50 times at once makes one run, and in the end gives 50 identical answers', async () => {
    const ask = async (): Promise<Answer> => {
      for (;;) {
        const answer = await newRun({ run_name: 'fifty' });
        if (answer.status !== 409) return answer;
        expect(answer.body.error_code).toBe('RESOURCE_CONFLICT');
        expect(answer.headers.get('retry-after')).toBe('1');
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    const answers = await Promise.all(Array.from({ length: 50 }, ask));

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.body.run.info.run_name).toBe('fifty');
  });

  it('50 times at once in processes that know nothing of each other makes one run', async () => {
    const others = Array.from({ length: 50 }, () =>
      app.otherProcess().client({ cookie: alice.cookie }),
    );
    const answers = await Promise.all(others.map((client) => newRun({}, client)));
    const again = await newRun();

    const done = answers.filter(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(new Set([...done, again].map(({ text }) => text)).size).toBe(1);
  });

  it('and other input is refused', async () => {
    await newRun({ run_name: 'one' });
    const other = await newRun({ run_name: 'other' });

    expect([other.status, other.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(other.body.message).toContain('another call');
  });

  it('is another call for another person, and a day later', async () => {
    const group = await app.newGroup(alice);
    await app.join(bob, group, { read: true, write: true });
    const place = await alice.post('/api/v1/experiments', { group: group.id, name: 'shared' });
    const body = { experiment_id: String(place.body.id) };
    const hers = await newRun(body);
    const his = await newRun(body, bob);
    app.clock.advance(DAY + 1_001);
    const late = await newRun(body);

    expect([hers.status, his.status, late.status]).toEqual([200, 200, 200]);
    expect(new Set([hers, his, late].map(({ text }) => text)).size).toBe(3);
  });

  it('is not used up by a call that was refused', async () => {
    const refused = await newRun({ experiment_id: '987654321' });
    const done = await newRun();

    expect([refused.status, done.status]).toEqual([404, 200]);
  });

  it.each(['', 'x'.repeat(65), 'ä'])('must not have the key %j', async (bad) => {
    key = bad;

    expect((await newRun()).body.error_code).toBe('INVALID_PARAMETER_VALUE');
  });
});

it('keeps numbers as they were sent', () => {
  const values = [2n ** 63n - 1n, -(2n ** 63n), wireDouble(-0), wireDouble(Number.NaN), 1e300];
  const sent = toJson({ values });

  expect(sent).toContain('9223372036854775807');
  expect(toJson(inJson(sent))).toBe(sent);
});

describe('what runs report with a key', () => {
  const reports: readonly (readonly [string, (run: string) => object])[] = [
    ['/runs/log-metric', point],
    ['/runs/log-parameter', (run_id) => ({ run_id, key: 'rate', value: '1' })],
    ['/runs/set-tag', (run_id) => ({ run_id, key: 'tag', value: '1' })],
    ['/runs/update', (run_id) => ({ run_id, status: 'FINISHED', end_time: 5 })],
    [
      '/runs/log-batch',
      (run_id) => ({
        run_id,
        metrics: [point(run_id)],
        params: [{ key: 'rate', value: '1' }],
        tags: [{ key: 'tag', value: '1' }],
      }),
    ],
  ];

  it.each(reports)('%s is answered alike, and is for this input alone', async (path, bodyOf) => {
    const run = await plainRun();
    const answers = [await post(path, bodyOf(run)), await post(path, bodyOf(run))];
    const other = await post(path, { ...bodyOf(run), run_id: await plainRun() });

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect([other.status, other.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('does not come again over what was reported since', async () => {
    const run_id = await plainRun();
    await post('/runs/set-tag', { run_id, key: 'phase', value: 'first' });
    await alice.post(`${API}/runs/set-tag`, { run_id, key: 'phase', value: 'second' });
    await post('/runs/set-tag', { run_id, key: 'phase', value: 'first' });

    expect((await runOf(run_id)).data.tags).toContainEqual({ key: 'phase', value: 'second' });
  });

  it('is done again where the process died half-way', async () => {
    const run_id = await plainRun();
    const body = {
      run_id,
      metrics: [point(run_id), { ...point(run_id), step: 2 }],
      params: [{ key: 'rate', value: '1' }],
      tags: [{ key: 'tag', value: '1' }],
    };
    const { table } = app.platform;
    const [write, bulk] = [table.write, table.bulk];
    // Dies after the params: neither the points nor the tags get there, nor does the key come back.
    const spies = [
      vi.spyOn(table, 'write').mockImplementation(async (one) => {
        if (one.kind !== 'put' || !/^(P#|CALL)/.test(one.item.sk)) throw new Error('died');
        return write(one);
      }),
      vi.spyOn(table, 'bulk').mockRejectedValue(new Error('died')),
    ];
    const dead = await post('/runs/log-batch', body);
    for (const spy of spies) spy.mockRestore();
    expect(table.bulk).toBe(bulk);
    const other = await post('/runs/log-batch', { ...body, tags: [] });
    const again = await post('/runs/log-batch', body);

    expect([dead.status, other.status, again.status]).toEqual([500, 400, 200]);
    expect((app.errors as string[]).splice(0).join()).toContain('died');
    const { data } = await runOf(run_id);
    expect(data.metrics).toEqual([{ key: 'loss', value: 0.5, timestamp: 1, step: 2 }]);
    expect(data.params).toEqual(body.params);
    expect(data.tags).toContainEqual({ key: 'tag', value: '1' });
    expect(await historyOf(run_id, 'loss')).toHaveLength(2);
  });

  it('50 times at once counts once', async () => {
    const run_id = await plainRun();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post('/runs/log-metric', point(run_id))),
    );

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['200 {}']),
    );
    expect(await historyOf(run_id, 'loss')).toHaveLength(1);
  });

  it('gives its key back when it is refused', async () => {
    const run_id = await plainRun();
    const refused = await post('/runs/log-metric', { ...point(run_id), timestamp: -1 });
    const done = await post('/runs/log-metric', point(run_id));

    expect([refused.status, done.status]).toEqual([400, 200]);
  });
});

describe('without a key', () => {
  it('what runs report is one plain write, as if there were no guard', async () => {
    const run_id = await plainRun();
    await alice.post(`${API}/runs/log-metric`, point(run_id));
    const spy = transactions();
    app.meter.reset();
    await alice.post(`${API}/runs/log-metric`, { ...point(run_id), step: 2 });

    expect(spy).not.toHaveBeenCalled();
    expect(app.meter.snapshot()).toMatchObject({ sequentialRoundTrips: 1, writeUnits: 2 });
    spy.mockRestore();
  });

  it('experiments are recorded, and what runs report is not', async () => {
    const { id } = await app.newGroup(alice);
    const carol = await app.newUser();
    await app.join(carol, { id, name: 'recorded' }, { read: true, write: true });
    const { token } = await carol.newToken(['experiment:write', 'run:write']);
    const client = app.bearer(token);
    const { body } = await client.post(`${API}/experiments/create`, { name: 'recorded' });
    await client.post(`${API}/runs/create`, { experiment_id: body.experiment_id });
    const groups = [1, id];
    const records = await Promise.all(
      groups.map((group) => alice.get(`/api/v1/groups/${group}/audit`)),
    );

    const hers = records
      .flatMap((answer) => answer.body.data)
      .filter(({ user }: Json) => user?.username === carol.username)
      .map(({ operationId }: Json) => operationId);
    expect(hers).toEqual(['createExperiment']);
  });
});

describe('If-Match', () => {
  const matching = (path: string, body: unknown, tag: string): Promise<Answer> =>
    alice.call('POST', `${API}${path}`, body, { 'if-match': tag });

  it.each(['*', '"1.1"'])('%s never holds for what is about to be made', async (tag) => {
    const answer = await matching('/experiments/create', { name: `matches ${tag}` }, tag);

    expect([answer.status, answer.body.error_code]).toEqual([412, 'RESOURCE_CONFLICT']);
  });

  it('never holds for what runs report, which has no versions', async () => {
    const run_id = await plainRun();
    const answers = await Promise.all([
      matching('/runs/log-metric', point(run_id), '"1"'),
      matching('/runs/set-tag', { run_id, key: 'a', value: 'b' }, '"1"'),
      matching('/runs/update', { run_id, status: 'FAILED' }, '"1"'),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([412, 412, 412]);
    const { info, data } = await runOf(run_id);
    expect([info.status, data.metrics]).toEqual(['RUNNING', undefined]);
    expect(data.tags).toHaveLength(1);
  });

  it('knows experiments by the tag that shows their version', async () => {
    const made = await alice.post(`${API}/experiments/create`, { name: 'of a version' });
    const id = made.body.experiment_id;
    const byId = await alice.get(`${API}/experiments/get?experiment_id=${id}`);
    const byName = await alice.get(`${API}/experiments/get-by-name?experiment_name=of+a+version`);
    const tag = made.headers.get('etag') ?? '';
    const known = await alice.call('GET', `${API}/experiments/get?experiment_id=${id}`, undefined, {
      'if-none-match': tag,
    });

    expect(tag).toMatch(/^"[\w.]+"$/);
    expect([byId.headers.get('etag'), byName.headers.get('etag')]).toEqual([tag, tag]);
    expect([known.status, known.text]).toEqual([304, '']);
  });

  it('must be a list of tags', async () => {
    const answer = await matching('/experiments/create', { name: 'x' }, 'no tag');

    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });
});
