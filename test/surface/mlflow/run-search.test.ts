import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let experiment: string;
let made = 0;

beforeAll(async () => {
  api = await openSurface();
});
afterAll(() => api.close());
beforeEach(async () => {
  made += 1;
  const { json } = await api.post('/experiments/create', { name: `searched ${made}` });
  experiment = json.experiment_id;
});

const newRun = (more: object = {}) => api.newRun({ experiment_id: experiment, ...more });
const search = (body: object = {}) =>
  api.post('/runs/search', { experiment_ids: [experiment], ...body });
const idsOf = (json: { runs?: readonly { info: { run_id: string } }[] }) =>
  (json.runs ?? []).map(({ info }) => info.run_id);

describe('runs/search', () => {
  it('answers with whole runs as runs/get does, and with {} where there are none', async () => {
    expect((await search()).json).toEqual({});
    const id = await newRun({ run_name: 'one', start_time: 5, tags: [{ key: 'a', value: 'b' }] });
    await api.post('/runs/log-batch', {
      run_id: id,
      metrics: [{ key: 'acc', value: 'NaN', timestamp: '9223372036854775807', step: -3 }],
      params: [{ key: 'lr', value: '0.1' }],
    });
    const dataset = { name: 'd', digest: '1', source_type: 'local', source: '{}', schema: 's' };
    await api.post('/runs/log-inputs', {
      run_id: id,
      datasets: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'train' }] }],
      models: [{ model_id: 'm-1' }],
    });
    await api.post('/runs/outputs', { run_id: id, models: [{ model_id: 'm-2', step: '7' }] });

    const { status, text, json } = await search();
    const { json: one } = await api.get(`/runs/get?run_id=${id}`);

    expect([status, json]).toEqual([200, { runs: [one.run] }]);
    expect(text).toContain('"timestamp":9223372036854775807,"step":-3');
    expect(one.run.inputs).toEqual({
      dataset_inputs: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'train' }] }],
      model_inputs: [{ model_id: 'm-1' }],
    });
    expect(one.run.outputs).toEqual({ model_outputs: [{ model_id: 'm-2', step: 7 }] });
  });

  it('goes from page to page by a token that is good for this search alone', async () => {
    const runs: string[] = [];
    for (let start = 1; start <= 5; start += 1) runs.unshift(await newRun({ start_time: start }));
    const first = await search({ max_results: 2 });
    expect(idsOf(first.json)).toEqual(runs.slice(0, 2));
    // What comes before the place of the page changes nothing after it.
    await newRun({ start_time: 9 });
    const token = first.json.next_page_token;
    const second = await search({ max_results: 2, page_token: token });
    const third = await search({ max_results: 2, page_token: second.json.next_page_token });

    expect(idsOf(second.json)).toEqual(runs.slice(2, 4));
    expect(third.json).toEqual({ runs: [expect.objectContaining({})] });
    expect(idsOf(third.json)).toEqual(runs.slice(4));
    for (const wrong of [
      { page_token: token, filter: "status = 'RUNNING'" },
      { page_token: token, order_by: ['metrics.a'] },
      { page_token: `${token}x` },
      { page_token: 'eyJvZmZzZXQiOiAyfQ==' },
    ]) {
      const { status, json } = await search(wrong);
      expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  it.each([
    ['ACTIVE_ONLY', ['live']],
    [1, ['live']],
    ['DELETED_ONLY', ['dead']],
    [2, ['dead']],
    ['ALL', ['dead', 'live']],
    [3, ['dead', 'live']],
  ])('shows by the view %s the runs %j', async (view, names) => {
    const live = await newRun({ start_time: 1 });
    const dead = await newRun({ start_time: 2 });
    await api.post('/runs/delete', { run_id: dead });
    const found = { live, dead };

    const { json } = await search({ run_view_type: view });

    expect(idsOf(json)).toEqual(names.map((name) => found[name as keyof typeof found]));
    expect((await api.post('/runs/restore', { run_id: dead })).json).toEqual({});
    expect(idsOf((await search()).json)).toEqual([dead, live]);
  });

  it('refuses to write a deleted run', async () => {
    const id = await newRun();
    await api.post('/runs/delete', { run_id: id });

    const { status, json } = await api.post('/runs/set-tag', { run_id: id, key: 'a', value: 'b' });

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain("must be in the 'active' state");
    expect((await api.get(`/runs/get?run_id=${id}`)).json.run.info.lifecycle_stage).toBe('deleted');
  });

  it.each([
    [{ filter: "metrics.a = 'x'" }],
    [{ filter: 'params.a > 1' }],
    [{ filter: 'no such thing' }],
    [{ order_by: ['metrics.a UPWARDS'] }],
    [{ max_results: 0 }],
    [{ max_results: 50_001 }],
    [{ run_view_type: 'SOME' }],
    [{ experiment_ids: ['1', 2] }],
  ])('refuses %j with 400', async (body) => {
    const { status, json } = await search(body);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message.length).toBeGreaterThan(10);
  });

  it('finds nothing in experiments that are not there or no ids', async () => {
    const { json } = await search({ experiment_ids: ['4711', 'x', '999999999999999999999'] });

    expect(json).toEqual({});
  });

  it('ends a page before it is too large for an answer, and the next goes on', async () => {
    const runs: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const id = await newRun({ start_time: n });
      const params = Array.from({ length: 100 }, (_, at) => ({
        key: `p${at}`,
        value: 'x'.repeat(6_000),
      }));
      await api.post('/runs/log-batch', { run_id: id, params });
      runs.unshift(id);
    }
    const found: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const { json, text } = await search(token === undefined ? {} : { page_token: token });
      expect(text.length).toBeLessThan(5_000_000);
      found.push(...idsOf(json));
      token = json.next_page_token;
      pages += 1;
    } while (token !== undefined);

    expect(found).toEqual(runs);
    expect(pages).toBe(2);
  });
});

describe('what is too large', () => {
  it.each([4_200_000, 7_000_000])('is answered by 413: a profile of %i bytes', async (bytes) => {
    const id = await newRun();
    const dataset = { name: 'd', digest: '1', source_type: 'x', source: 'y' };
    const profile = 'x'.repeat(bytes);
    const { status, json } = await api.post('/runs/log-inputs', {
      run_id: id,
      datasets: [{ dataset: { ...dataset, profile } }],
    });

    expect([status, json.error_code]).toEqual([413, 'INVALID_PARAMETER_VALUE']);
  });
});

describe('histories of runs', () => {
  it('are answered whole by run, and sampled by step, NaN as a string', async () => {
    const runs = [await newRun(), await newRun()].sort();
    for (const run_id of runs) {
      const metrics = [1, 2, 3, 4].map((step) => ({
        key: 'm',
        value: step === 2 ? 'NaN' : step,
        timestamp: 10 - step,
        step,
      }));
      await api.post('/runs/log-batch', { run_id, metrics });
    }
    const query = runs.map((id) => `run_id=${id}`).join('&');
    const bulk = await api.get(`/metrics/get-history-bulk?metric_key=m&${query}`);
    const of = (run_id: string, step: number) => ({
      key: 'm',
      value: step === 2 ? 'NaN' : step,
      timestamp: 10 - step,
      step,
      run_id,
    });
    expect(bulk.json.metrics).toEqual(runs.flatMap((id) => [4, 3, 2, 1].map((at) => of(id, at))));
    const none = await api.get(`/metrics/get-history-bulk?metric_key=none&${query}`);
    expect(none.text).toBe('{"metrics":[]}');
    const interval = (more: string) =>
      api.get(`/metrics/get-history-bulk-interval?metric_key=m&run_ids=${runs[0]}${more}`);
    const steps = async (more: string) =>
      ((await interval(more)).json.metrics ?? []).map(({ step }: { step: number }) => step);

    expect(await steps('')).toEqual([1, 2, 3, 4]);
    expect(await steps('&max_results=2')).toEqual([1, 4]);
    expect(await steps('&start_step=2&end_step=3')).toEqual([2, 3]);
    expect(await steps('&start_step=8&end_step=9')).toEqual([]);
    for (const wrong of ['&start_step=2', '&start_step=3&end_step=2', '&max_results=2501']) {
      expect((await interval(wrong)).status).toBe(400);
    }
  });
});
