import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { durationSeconds } from '#domain/jobs/submit/duration.ts';
import { type Json, READER } from '../../../support/app.ts';
import { jobBody } from '../../../support/jobs.ts';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
let path: string;
beforeAll(async () => {
  bench = await openJobBench();
  path = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
});
afterAll(() => bench.app.close());

const post = (overrides: object, at = path) =>
  bench.alice.post(at, jobBody(bench.setup, overrides));
const api = async (method: string, at: string, body?: unknown): Promise<Json> => {
  const answer = await bench.alice.call(method, `/api/v1${at}`, body);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
};

describe('submitting a job', () => {
  it('refuses an experiment that is not there, or deleted', async () => {
    const experiment = await api('POST', '/experiments', {
      group: bench.setup.group,
      name: 'short',
      entrypoints: [bench.setup.entrypoint],
    });
    await api('DELETE', `/experiments/${experiment.id}`);

    const missing = await post({}, '/api/v1/experiments/987654/jobs');
    const deleted = await post({}, `/api/v1/experiments/${experiment.id}/jobs`);

    expect([missing.status, missing.body.error]).toEqual([404, 'EntityDoesNotExistError']);
    expect([deleted.status, deleted.body.error]).toEqual([423, 'EntityDeletedError']);
  });

  it('refuses an entrypoint or a queue that the experiment does not have', async () => {
    const queue = await api('POST', '/queues', { group: bench.setup.group, name: 'loose' });

    const otherEntrypoint = await post({ entrypoint: bench.setup.experiment });
    const looseQueue = await post({ queue: queue.id });
    const noQueue = await post({ queue: 987_654 });

    for (const answer of [otherEntrypoint, looseQueue, noQueue]) {
      expect([answer.status, answer.body.error]).toEqual([400, 'EntityNotRegisteredError']);
    }
  });

  it.each([
    ['an unknown parameter', { values: { other: '1' } }, 'JobInvalidParameterNameError'],
    [
      'a value of another type',
      { values: { lines: 'many' } },
      'EntrypointParameterTypeMismatchError',
    ],
    [
      'an unknown artifact parameter',
      { artifactValues: { x: { id: 1, snapshotId: 1 } } },
      'JobArtifactValueError',
    ],
    ['a timeout that does not parse', { timeout: 'soon' }, 'JobTimeoutError'],
  ])('refuses %s', async (_what, overrides, error) => {
    const before = await api('GET', `/experiments/${bench.setup.experiment}/jobs`);

    const answer = await post(overrides);

    expect([answer.status, answer.body.error]).toEqual([400, error]);
    const after = await api('GET', `/experiments/${bench.setup.experiment}/jobs`);
    expect(after.totalNumResults).toBe(before.totalNumResults);
  });

  it('refuses a used parameter without value or default, and stores no unused one', async () => {
    const { group, queues } = bench.setup;
    const plugins = (await api('GET', `/entrypoints/${bench.setup.entrypoint}`)).plugins;
    const entrypoint = await api('POST', '/entrypoints', {
      group,
      name: 'without default',
      taskGraph: 'work:\n  work:\n    lines: $lines\n    seconds: 0.5\n',
      parameters: [
        { name: 'lines', parameterType: 'integer' },
        { name: 'unused', parameterType: 'integer', defaultValue: '1' },
      ],
      plugins: plugins.map(({ id }: Json) => id),
      queues: [...queues.values()],
    });
    const experiment = await api('POST', '/experiments', {
      ...{ group, name: 'strict', entrypoints: [entrypoint.id] },
    });
    const at = `/api/v1/experiments/${experiment.id}/jobs`;

    const without = await post({ entrypoint: entrypoint.id }, at);
    const withValue = await post(
      { entrypoint: entrypoint.id, values: { lines: '2', unused: '3' } },
      at,
    );

    expect([without.status, without.body.error]).toEqual([400, 'JobParameterMissingError']);
    expect(withValue.body.values).toEqual({ lines: '2' });
  });

  it('takes a queue of any live entrypoint of the experiment', async () => {
    const { group, queues } = bench.setup;
    const [queue] = [...queues.values()];
    const plugins = (await api('GET', `/entrypoints/${bench.setup.entrypoint}`)).plugins;
    const entrypoint = (name: string, attached: readonly unknown[]) =>
      api('POST', '/entrypoints', {
        ...{ group, name, queues: attached, plugins: plugins.map(({ id }: Json) => id) },
        taskGraph: 'work:\n  work:\n    lines: 1\n    seconds: 0.1\n',
      });
    const without = await entrypoint('has no queue', []);
    const others = [await entrypoint('is deleted', [queue]), await entrypoint('lives', [queue])];
    const entrypoints = [without, ...others].map(({ id }) => id);
    const experiment = await api('POST', '/experiments', { group, name: 'several', entrypoints });
    const at = `/api/v1/experiments/${experiment.id}/jobs`;
    const wish = { entrypoint: without.id, queue, values: {} };

    await api('DELETE', `/entrypoints/${others[0]?.id}`);
    const whileOneLives = await post(wish, at);
    await api('DELETE', `/entrypoints/${others[1]?.id}`);
    const afterwards = await post(wish, at);

    expect(whileOneLives.status).toBe(200);
    expect([afterwards.status, afterwards.body.error]).toEqual([400, 'EntityNotRegisteredError']);
  });

  it('refuses whoever may only read the group, and shows others nothing', async () => {
    const group = await bench.app.newGroup(bench.alice);
    const reader = await bench.app.newUser();
    await bench.app.join(reader, group, READER);
    const experiment = await api('POST', '/experiments', { group: group.id, name: 'mine' });
    const at = `/api/v1/experiments/${experiment.id}/jobs`;
    const stranger = await bench.app.newUser();

    const asReader = await reader.post(at, jobBody(bench.setup));
    const asStranger = await stranger.post(at, jobBody(bench.setup));

    expect([asReader.status, asStranger.status]).toEqual([403, 404]);
  });

  it('stores values and defaults of what the graph uses, as text', async () => {
    const job = await bench.submit({ values: { lines: '7' } });

    expect(job.values).toEqual({ lines: '7', seconds: '0.6' });
    expect(job).toMatchObject({ status: 'queued', attempt: 0, artifacts: [], timeout: '24h' });
  });

  it('waits for a worker from the transaction that makes it on, whatever becomes of its message (P12)', async () => {
    const sent = vi.spyOn(bench.app.platform.messages, 'send');
    let before: Json;
    sent.mockImplementation(async (_pool, body) => {
      before = await bench.row(JSON.parse(body).jobId);
    });
    try {
      const { id } = await bench.submit();
      expect(before).toMatchObject({ state: 'queued', gsi2pk: 'WAITING#default' });
      expect(before.gsi1pk).toBeUndefined();
      expect(await bench.row(id)).toEqual(before);
    } finally {
      sent.mockRestore();
    }
  });

  it('sends one message to the pool of the queue, and none to an external pool', async () => {
    await bench.messages();
    const other = await bench.submit({ queue: bench.setup.queues.get('other') });
    const own = await bench.submit({ queue: bench.setup.queues.get('own') });

    expect(await bench.messages('other')).toEqual([{ version: 1, jobId: other.id, attempt: 1 }]);
    expect(await bench.messages('own')).toEqual([]);
    expect(await bench.messages()).toEqual([]);
    expect(await bench.due()).not.toContain(own.id);
  });

  it('keeps within its budget: three round trips and the message, sixteen write units', async () => {
    await post({});
    await bench.app.settled();
    // Past what a nudge keeps still for.
    bench.app.clock.advance(2_500);
    bench.app.meter.reset();
    await post({});
    await bench.app.settled();
    const usage = bench.app.meter.snapshot();
    const { tableRoundTrips, sequentialRoundTrips, writeUnits } = usage;

    expect(usage).toMatchObject({ messageCalls: 1, backgroundCalls: 1 });
    // Three, and the mark "message sent", which the answer does not wait for.
    expect(tableRoundTrips).toBeLessThanOrEqual(3 + 1);
    // The message between them; the launcher is nudged while the mark is made.
    expect(sequentialRoundTrips).toBeLessThanOrEqual(3 + 1 + 1);
    expect(writeUnits).toBeLessThanOrEqual(16);
  });
});

describe('submitting a job that reads an artifact', () => {
  let at: string;
  let entrypoint: number;
  let rows: Json;
  beforeAll(async () => {
    const held = await bench.start();
    await held.finish({ outcome: 'finished', artifacts: [await held.store()] });
    const [artifact] = (await bench.job(held.claim.jobId)).artifacts;
    rows = await api('GET', `/artifacts/${artifact.id}`);
    const { group, queues } = bench.setup;
    const types = await api('GET', `/pluginParameterTypes?groupId=${group}&pageLength=100`);
    const typeOf = (name: string) => types.data.find((type: Json) => type.name === name).id;
    const { plugins } = await api('GET', `/entrypoints/${bench.setup.entrypoint}`);
    const output = (name: string, type: string) => ({ name, parameterType: typeOf(type) });
    const made = await api('POST', '/entrypoints', {
      group,
      name: 'reader',
      taskGraph: 'work:\n  work:\n    lines: $count\n    seconds: 0.5\n',
      parameters: [],
      artifactParameters: [
        { name: 'text', outputParams: [output('text', 'string')] },
        { name: 'count', outputParams: [output('n', 'integer')] },
      ],
      plugins: plugins.map(({ id }: Json) => id),
      queues: [...queues.values()],
    });
    entrypoint = made.id;
    const experiment = await api('POST', '/experiments', {
      ...{ group, name: 'reading', entrypoints: [entrypoint] },
    });
    at = `/api/v1/experiments/${experiment.id}/jobs`;
  });

  it('refuses a missing one, an unknown snapshot and one of other types', async () => {
    const own = { id: rows.id, snapshotId: rows.snapshot };
    const given = (artifactValues: object) => post({ entrypoint, artifactValues }, at);

    const answers = [
      await given({}),
      await given({ text: { id: rows.id, snapshotId: 987_654 }, count: own }),
      await given({ text: own, count: own }),
    ];

    expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
      [400, 'JobArtifactParameterMissingError'],
      [404, 'EntityDoesNotExistError'],
      [400, 'ArtifactParameterTypeMismatchError'],
    ]);
  });
});

describe('a timeout', () => {
  it.each([
    ['1', 1],
    ['90s', 90],
    ['30m', 1_800],
    ['24h', 86_400],
    ['2d', 172_800],
    ['30d', 2_592_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(['', '0', '0s', '-1s', '1.5h', '1w', ' 1s', '1 s', '1S', '31d', '9999999999', '१s'])(
    'refuses "%s"',
    (text) => {
      expect(() => durationSeconds(text)).toThrow('90s, 30m, 24h or 2d');
    },
  );
});
