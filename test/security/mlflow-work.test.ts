/** Requests that are made to be dear or to break what reads them: refused at once, or done with bounded work. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from '../surface/mlflow/support.ts';

let api: Surface;
let experiment: string;
beforeAll(async () => {
  api = await openSurface();
  ({ experiment_id: experiment } = (await api.post('/experiments/create', { name: 'x' })).json);
});
afterAll(() => api.close());

const search = (body: object) =>
  api.post('/runs/search', { experiment_ids: [experiment], ...body });

describe('is refused', () => {
  // A step for each pair of its characters would take minutes.
  it.each(['1', '.', '1.', '+'])('a value of a million times "%s" and a letter', async (digit) => {
    const value = `${digit.repeat(900_000)}x`;
    const answer = await api.post('/runs/log-metric', {
      run_id: 'nobody',
      key: 'k',
      timestamp: 1,
      value,
    });

    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('a body that is nested deeper than an engine can walk', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const bodies = [`{"experiment_id":${deep}}`, `{"experiment_id":${deep},"tags":null}`];
    for (const body of bodies) expect((await api.post('/runs/create', body)).status).toBe(400);
    const view = `{"experiment_ids":["1"],"run_view_type":${deep}}`;

    expect((await api.post('/runs/search', view)).status).toBe(400);
  });

  it.each([{ toString: 1 }, [], true, '4', 1.5])('%j as a view', async (view) => {
    expect((await search({ run_view_type: view })).status).toBe(400);
  });

  it('a filter that names more runs than are read for one page', async () => {
    const ids = Array.from({ length: 1_200 }, (_, at) => `'${at.toString(16).padStart(32, 'a')}'`);
    const { status, json } = await search({ filter: `run_id IN (${ids.join(',')})` });

    expect([status, json.message]).toEqual([400, expect.stringContaining('1000 runs')]);
  });

  it('a page whose token would be longer than tokens are', async () => {
    const params = Array.from({ length: 12 }, (_, at) => ({
      key: `p${at}`,
      value: 'v'.repeat(450),
    }));
    for (let run = 0; run < 3; run += 1) {
      const id = await api.newRun({ experiment_id: experiment });
      await api.post('/runs/log-batch', { run_id: id, params });
    }
    const { status, json } = await search({
      max_results: 1,
      order_by: params.map(({ key }) => `params.${key} ASC`),
    });

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });
});

describe('takes bounded work', () => {
  it('a search by hundreds of conditions in many experiments', async () => {
    const made = Array.from({ length: 10 }, (_, at) =>
      api.post('/experiments/create', { name: `many ${at}` }),
    );
    const ids = (await Promise.all(made)).map(({ json }) => json.experiment_id);
    const conditions = Array.from({ length: 400 }, (_, at) => `params.a${at} = '1'`);
    api.shop.meter.reset();
    const { status } = await search({
      experiment_ids: ids,
      run_view_type: 'ALL',
      filter: conditions.join(' AND '),
    });

    expect(status).toBe(200);
    expect(api.shop.meter.snapshot().tableCalls).toBeLessThan(300);
  });

  it('runs that show the same large dataset: an answer that every way in can carry', async () => {
    const dataset = { name: 'd', digest: '1', source_type: 'local', source: '{}' };
    const schema = JSON.stringify('s'.repeat(25_000));
    // Of its own: runs of one moment come in no order, those of other checks among them.
    const { json: own } = await api.post('/experiments/create', { name: 'large dataset' });
    for (let run = 0; run < 120; run += 1) {
      const id = await api.newRun({ experiment_id: own.experiment_id });
      const datasets = [{ dataset: { ...dataset, schema } }];
      await api.post('/runs/log-inputs', { run_id: id, datasets });
    }
    const { json, text } = await search({ experiment_ids: [own.experiment_id], max_results: 120 });

    expect(text.length).toBeLessThan(2_000_000);
    expect(json.runs).toHaveLength(120);
    expect(json.runs[0].inputs.dataset_inputs[0].dataset).toEqual({ ...dataset, schema });
    expect(json.runs[119].inputs.dataset_inputs[0].dataset).toMatchObject({ name: 'd' });
  });
});
