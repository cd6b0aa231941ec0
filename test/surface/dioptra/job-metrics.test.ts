import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type TestApp, testApp } from '../../support/app.ts';
import { claimJob, expectOk, newJob, newWorld, post, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = testApp();
  world = await newWorld(app);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const get = async (path: string): Promise<Json> =>
  expectOk(await world.owner.get(`/api/v1${path}`));
const log = (job: number, body: object) => world.owner.post(`/api/v1/jobs/${job}/metrics`, body);
const metricsOf = (job: number): Promise<Json> => get(`/jobs/${job}/metrics`);

describe('metrics of a job', () => {
  it.each([
    [0.5, 0.5],
    [-0, 0],
    [1e308, 1e308],
    ['nan', 'nan'],
    ['NaN', 'nan'],
    ['inf', 'inf'],
    ['-inf', '-inf'],
    ['+Infinity', 'inf'],
    ['-Infinity', '-inf'],
    ['1.5', 1.5],
    ['1e999', 'inf'],
    ['.25e1', 2.5],
  ])('take the value %j and show %j', async (value, shown) => {
    const job = await newJob(world);

    const answer = await log(job, { name: 'loss', value });

    expect(answer).toMatchObject({ status: 200, body: { name: 'loss', value: shown } });
    expect(await metricsOf(job)).toEqual([{ name: 'loss', value: shown }]);
    const history = await get(`/jobs/${job}/metrics/loss/snapshots`);
    expect(history.data).toMatchObject([{ name: 'loss', value: shown, step: 0 }]);
  });

  it.each(['x', '', '1,5', '0x10', ' 1', 'infinit', true, null, [], {}])(
    'take no value like %j',
    async (value) => {
      const answer = await log(world.job, { name: 'loss', value });

      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['value']]);
    },
  );

  it.each(['1st', '_', 'a b', 'a-b', ''])('take no name like %j', async (name) => {
    expect((await log(world.job, { name, value: 1 })).status).toBe(400);
  });

  it('show the highest step, by name; the same step is overwritten', async () => {
    const job = await newJob(world);
    await log(job, { name: 'b', value: 1, step: 5 });
    await log(job, { name: 'b', value: 2, step: 3 });
    await log(job, { name: 'a', value: 3, step: -1 });
    await log(job, { name: 'b', value: 0.5, step: 5 });

    expect(await metricsOf(job)).toEqual([
      { name: 'a', value: 3 },
      { name: 'b', value: 0.5 },
    ]);
    const history = await get(`/jobs/${job}/metrics/b/snapshots`);
    expect(history.data.map(({ step, value }: Json) => [step, value])).toEqual([
      [3, 2],
      [5, 0.5],
    ]);
  });

  it.each([
    ['2024-02-03T04:05:06Z', '2024-02-03T04:05:06.000000+00:00'],
    ['2024-02-03T04:05:06', '2024-02-03T04:05:06.000000+00:00'],
    ['2024-02-03 04:05:06.123456+01:00', '2024-02-03T03:05:06.123000+00:00'],
  ])('keep the time %s', async (timestamp, shown) => {
    const job = await newJob(world);
    await log(job, { name: 'loss', value: 1, timestamp });

    const [point] = (await get(`/jobs/${job}/metrics/loss/snapshots`)).data;
    expect(point.timestamp).toBe(shown);
  });

  it.each(['2024-02-03', 'Jan 1 2024', '2024-13-01T00:00:00', '', 'now'])(
    'keep no time like %j',
    async (timestamp) => {
      const answer = await log(world.job, { name: 'loss', value: 1, timestamp });

      expect([answer.status, answer.body]).toEqual([
        400,
        { errors: { timestamp: ['Not a valid datetime.'] } },
      ]);
    },
  );

  it('have a history whose index counts pages, and whose links do, too', async () => {
    const job = await newJob(world);
    for (let step = 0; step < 7; step += 1) await log(job, { name: 'acc', value: step, step });
    const path = `/jobs/${job}/metrics/acc/snapshots`;
    const page = async (query: string) => {
      const { data, ...rest } = await get(`${path}?${query}`);
      return { ...rest, steps: data.map(({ step }: Json) => step) };
    };

    expect(await page('index=1&pageLength=3')).toEqual({
      index: 1,
      isComplete: false,
      totalNumResults: 7,
      first: `/api/v1${path}?index=0&pageLength=3`,
      prev: `/api/v1${path}?index=0&pageLength=3`,
      next: `/api/v1${path}?index=2&pageLength=3`,
      steps: [3, 4, 5],
    });
    expect(await page('index=2&pageLength=3')).toMatchObject({ isComplete: true, steps: [6] });
    expect(await page('index=3&pageLength=3')).toMatchObject({ isComplete: true, steps: [] });
    expect(await page(`index=${Number.MAX_SAFE_INTEGER}`)).toMatchObject({ steps: [] });
    expect(await get(`/jobs/${job}/metrics/none/snapshots`)).toMatchObject({ totalNumResults: 0 });
  });

  it('stay after a reset, and another run has its own', async () => {
    const job = await newJob(world);
    const { runId, jobToken } = await claimJob(app, job);
    await post(app.bearer(jobToken), `/jobs/${job}/metrics`, { name: 'loss', value: 1 });
    const status = `/api/v1/experiments/${world.experiment}/jobs/${job}/status`;

    expectOk(await world.owner.put(status, { status: 'reset' }));

    expect(await metricsOf(job)).toEqual([{ name: 'loss', value: 1 }]);
    expect((await get(`/jobs/${job}/mlflowRun`)).mlflowRunId).toBe(null);
    await log(job, { name: 'loss', value: 2 });
    expect(await metricsOf(job)).toEqual([{ name: 'loss', value: 2 }]);
    const run = (await world.owner.get(`/api/2.0/mlflow/runs/get?run_id=${runId}`)).body.run;
    expect(run.info.status).toBe('KILLED');
    expectOk(await world.owner.put(status, { status: 'started' }));
    await post(world.owner, `/jobs/${job}/mlflowRun`, { mlflowRunId: 'e'.repeat(32) });
    expect(await metricsOf(job)).toEqual([]);
  });
});

describe('metrics of an experiment', () => {
  let experiment: number;
  const jobs: number[] = [];
  beforeAll(async () => {
    const body = { group: world.group.id, name: world.name(), entrypoints: [world.entrypoint] };
    experiment = (await post(world.owner, '/experiments', body)).id;
    for (let n = 0; n < 12; n += 1) {
      const { id } = await post(world.owner, `/experiments/${experiment}/jobs`, {
        entrypoint: world.entrypoint,
        queue: world.queue,
        description: `sweep ${n % 2} ${String.fromCharCode(97 + n)}`,
      });
      jobs.push(id);
      for (let name = 0; name < n; name += 1) await log(id, { name: `m${name}`, value: name });
    }
    await log(jobs[1] ?? 0, { name: 'm0', value: 'nan', step: 4 });
  });

  it('are those of a page of its jobs', async () => {
    const page = await get(`/experiments/${experiment}/metrics`);

    expect(page).toMatchObject({ index: 0, isComplete: false, totalNumResults: 12 });
    expect(page.data.map(({ id }: Json) => id)).toEqual(jobs.slice(0, 10));
    for (const { id, metrics } of page.data) expect(metrics).toEqual(await metricsOf(id));
    expect(page.data[0].metrics).toEqual([]);
    expect(page.data[1].metrics).toEqual([{ name: 'm0', value: 'nan' }]);
  });

  it('have links with two slashes, which lead on', async () => {
    const page = await get(`/experiments/${experiment}/metrics?pageLength=7`);
    const at = `/api/v1//experiments/${experiment}/metrics`;

    expect(page.first).toBe(`${at}?index=0&pageLength=7`);
    expect(page.next).toBe(`${at}?index=7&pageLength=7`);
    const moved = await world.owner.get(page.next);
    expect(moved.status).toBe(308);
    const { data } = expectOk(await world.owner.get(moved.headers.get('location') ?? ''));
    expect(data.map(({ id }: Json) => id)).toEqual(jobs.slice(7));
    expect((await world.owner.get(`/api/v1///experiments/${experiment}/metrics`)).status).toBe(404);
  });

  it('are searched and sorted as the jobs are', async () => {
    const idsOf = async (query: string) =>
      (await get(`/experiments/${experiment}/metrics?${query}`)).data.map(({ id }: Json) => id);

    expect(await idsOf('search=description:sweep*&sortBy=id&descending=true&pageLength=2')).toEqual(
      [jobs[11], jobs[10]],
    );
    expect(await idsOf('search=%22sweep%201%22&pageLength=2')).toEqual([jobs[1], jobs[3]]);
    expect(await idsOf('sortBy=description&descending=true&pageLength=1')).toEqual([jobs[11]]);
    // Of an experiment that is not there, too.
    for (const id of [experiment, 999_999]) {
      const at = `/api/v1/experiments/${id}/metrics`;
      expect((await world.owner.get(`${at}?sortBy=name`)).status).toBe(400);
      expect((await world.owner.get(`${at}?search=name:x`)).status).toBe(422);
    }
  });

  it('cost one round trip and a read unit for each job beyond the page of jobs', async () => {
    const cost = async (path: string) => {
      await world.owner.get('/api/v1/users/current');
      await app.settled();
      app.meter.reset();
      await get(path);
      return app.meter.snapshot();
    };
    const list = await cost(`/experiments/${experiment}/jobs?pageLength=10`);
    const metrics = await cost(`/experiments/${experiment}/metrics?pageLength=10`);

    expect(metrics.sequentialRoundTrips).toBeLessThanOrEqual(list.sequentialRoundTrips + 1);
    expect(metrics.readUnits).toBeLessThanOrEqual(list.readUnits + 10);
    expect(metrics.readUnits).toBeLessThanOrEqual(20);
  });
});

describe('lists of jobs', () => {
  const jobs: number[] = [];
  const at = (...places: readonly number[]) => places.map((place) => jobs[place]);
  let experiment: number;
  beforeAll(async () => {
    const plain = { entrypoint: world.entrypoint, queue: world.queue };
    const body = { group: world.group.id, name: 'a lone one', entrypoints: [world.entrypoint] };
    experiment = (await post(world.owner, '/experiments', body)).id;
    for (const [description, timeout] of [
      ['listed b', '3h'],
      ['listed c', '1h'],
      ['listed a', '2h'],
    ]) {
      const job = { ...plain, description, timeout };
      jobs.push((await post(world.owner, `/experiments/${experiment}/jobs`, job)).id);
      app.clock.advance(1_000);
    }
    const status = `/api/v1/experiments/${experiment}/jobs/${jobs[0]}/status`;
    expectOk(await world.owner.put(status, { status: 'started' }));
  });

  describe.each(['all', 'one experiment'])('of %s', (which) => {
    const idsOf = async (query: string) => {
      const path = which === 'all' ? '/jobs' : `/experiments/${experiment}/jobs`;
      return (await get(`${path}?${query}`)).data.map(({ id }: Json) => id);
    };

    it.each([
      ['sortBy=id', [0, 1, 2]],
      ['sortBy=id&descending=true', [2, 1, 0]],
      ['sortBy=description', [2, 0, 1]],
      ['sortBy=createdOn', [1, 2, 0]],
      ['sortBy=lastModifiedOn&descending=true', [0, 2, 1]],
      ['sortBy=status', [1, 2, 0]],
      ['sortBy=experiment', [0, 1, 2]],
      ['sortBy=entrypoint', [0, 1, 2]],
      ['sortBy=queue&descending=true', [0, 1, 2]],
    ])('?%s', async (order, places) => {
      expect(await idsOf(`search=listed&${order}`)).toEqual(at(...places));
    });

    it.each([
      ['description:"listed c"', [1]],
      ['status:started,listed', [0]],
      ['status:que*,listed', [1, 2]],
      ['timeout:2h,listed', [2]],
      ['tag:x', []],
      ['listed', [0, 1, 2]],
    ])('searched for %s', async (search, places) => {
      expect(await idsOf(`search=${encodeURIComponent(search)}`)).toEqual(at(...places));
    });
  });

  it('are sorted by the name of the experiment among others', async () => {
    const { data } = await get('/jobs?sortBy=experiment&pageLength=3');

    expect(data.map(({ id }: Json) => id)).toEqual(jobs);
  });

  it.each(['timeout', 'name', 'toString'])('are not sorted by %s', async (sortBy) => {
    for (const path of ['/jobs', `/experiments/${experiment}/jobs`]) {
      expect(await world.owner.get(`/api/v1${path}?sortBy=${sortBy}`)).toMatchObject({
        status: 400,
        body: { error: 'SortParameterValidationError' },
      });
    }
  });
});

describe('the log of a job', () => {
  it('keeps the severities that were asked for in its links', async () => {
    const data = ['ERROR', 'INFO', 'WARNING', 'ERROR'].map((severity) => ({
      severity,
      loggerName: 'a',
      message: severity,
    }));
    const job = await newJob(world);
    await post(world.owner, `/jobs/${job}/log`, { data });
    const query = 'severity=ERROR&severity=WARNING&pageLength=1';

    const page = await get(`/jobs/${job}/log?${query}&sortBy=severity&descending=true`);
    const second = expectOk(await world.owner.get(page.next));

    expect(page.data.map(({ severity }: Json) => severity)).toEqual(['WARNING']);
    expect(second).toMatchObject({ totalNumResults: 3, data: [{ severity: 'ERROR' }] });
    expect((await world.owner.get(`/api/v1/jobs/${job}/log?severity=LOUD`)).status).toBe(400);
  });
});
