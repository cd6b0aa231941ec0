import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, openTraces, type Traces } from './support.ts';

let traces: Traces;
let run: string;
let locations: readonly object[];
beforeAll(async () => {
  traces = await openTraces();
  run = await traces.api.newRun();
  locations = [{ mlflow_experiment: { experiment_id: String(traces.api.shop.experimentId) } }];
  await traces.start('a', {
    request_time: '2026-01-01T00:00:01Z',
    execution_duration: '3s',
    request_preview: 'how tall is it?',
    tags: { 'mlflow.traceName': 'ask', color: 'red' },
    trace_metadata: { 'mlflow.trace.session': 's1', 'mlflow.sourceRun': run },
  });
  await traces.start('b', {
    request_time: '2026-01-01T00:00:02Z',
    execution_duration: '1s',
    state: 'ERROR',
    client_request_id: 'mine',
    tags: { 'mlflow.traceName': 'answer', color: 'Blue' },
  });
  await traces.start('c', {
    request_time: '2026-01-01T00:00:03Z',
    execution_duration: '2s',
    tags: { 'mlflow.traceName': 'ask' },
  });
  await traces.feedback('a', 'quality', 0.9);
  await traces.feedback('b', 'quality', 0.1);
  await traces.feedback('b', 'ok', false);
  await traces.feedback('c', 'label', 'good one');
  await traces.call('POST', `/traces/${named('c')}/assessments`, {
    assessment: {
      assessment_name: 'i-1',
      source: { source_type: 1 },
      issue: { issue_name: 'slow' },
    },
  });
});
afterAll(() => traces.api.close());

const AT = Date.parse('2026-01-01T00:00:02Z');

describe('a search of traces', () => {
  it.each([
    ['', 'cba'],
    [`request_id = '${named('b')}'`, 'b'],
    [`trace.trace_id = '${named('b')}' AND status = 'OK'`, ''],
    ["status = 'OK'", 'ca'],
    ["attributes.status IN ('ERROR')", 'b'],
    ["name = 'ask' AND tags.color = 'red'", 'a'],
    ["trace.name RLIKE '^a.*k$'", 'ca'],
    ["tag.color ILIKE 'b%'", 'b'],
    ['tags.color IS NULL', 'c'],
    ['tags.color IS NOT NULL', 'ba'],
    ["tags.color != 'red'", 'b'],
    ["metadata.`mlflow.trace.session` = 's1'", 'a'],
    ["client_request_id = 'mine'", 'b'],
    [`timestamp_ms > ${AT}`, 'c'],
    [`timestamp >= ${AT} AND timestamp < ${AT + 1000}`, 'b'],
    [`timestamp_ms = ${AT}`, 'b'],
    [`timestamp_ms < 0`, ''],
    [`timestamp_ms > ${AT} AND timestamp_ms < ${AT}`, ''],
    [`end_time_ms >= ${AT + 2000}`, 'ca'],
    ['execution_time > 1000', 'ca'],
    ['feedback.quality > 0.5', 'a'],
    ["feedback.quality = '0.1'", 'b'],
    ["feedback.ok = 'false'", 'b'],
    ["feedback.label LIKE 'good%'", 'c'],
    ['feedback.quality IS NULL', 'c'],
    ["issue.id = 'i-1'", 'c'],
    ["trace.text ILIKE '%TALL%'", 'a'],
    ["span.content ILIKE '%tall%'", 'a'],
    ["status = 'ERROR' OR tags.color = 'red'", 'ba'],
  ])('by %s', async (filter, found) => {
    expect((await traces.find(filter)).join('')).toBe(found);
  });

  it('by a run', async () => {
    expect(await traces.find(`run_id = '${run}'`)).toEqual(['a']);
  });

  it.each([
    [['timestamp_ms DESC'], 'cba'],
    [['timestamp ASC'], 'abc'],
    [['attributes.execution_time'], 'bca'],
    [['execution_time DESC'], 'acb'],
    [['status', 'timestamp_ms'], 'bac'],
    [['tags.color'], 'bac'],
    [['tags.color DESC'], 'abc'],
    [['name DESC', 'request_id'], 'acb'],
  ])('in the order %j', async (order_by, found) => {
    const all = await traces.find('', { order_by });
    const first = await traces.call('POST', '/traces/search', {
      locations,
      order_by,
      max_results: 2,
    });
    const second = await traces.find('', {
      order_by,
      max_results: 2,
      page_token: first.json.next_page_token,
    });

    expect(all.join('')).toBe(found);
    expect(first.json.traces).toHaveLength(2);
    expect(second.join('')).toBe(found.slice(2));
  });

  it('has no token on its last page', async () => {
    const whole = await traces.call('POST', '/traces/search', { locations, max_results: 3 });
    const none = await traces.call('POST', '/traces/search', { locations, filter: "name = 'x'" });

    expect(whole.json).not.toHaveProperty('next_page_token');
    expect(none.json).toEqual({});
  });

  it('takes the token of its own question alone', async () => {
    const { json } = await traces.call('POST', '/traces/search', { locations, max_results: 1 });
    const page_token = json.next_page_token;
    const other = { locations, filter: "status = 'OK'", page_token };

    expect((await traces.call('POST', '/traces/search', other)).status).toBe(400);
    expect(
      (await traces.call('POST', '/traces/search', { locations, page_token: 'x' })).status,
    ).toBe(400);
  });

  it.each([
    ['no locations', { locations: [] }],
    ['too many results', { max_results: 501 }],
    ['no results', { max_results: 0 }],
    ['a filter that is none', { filter: 'status ~ 1' }],
    ['spans by their names', { filter: "span.name = 'x'" }],
    ['a time that is text', { filter: "timestamp_ms > 'x'" }],
    ['an order that is none', { order_by: ['color'] }],
    ['an order twice', { order_by: ['name', 'name DESC'] }],
    [
      'more experiments than it can',
      { locations: Array(101).fill({ mlflow_experiment: { experiment_id: '1' } }) },
    ],
  ])('is refused for %s', async (_, more) => {
    const answer = await traces.call('POST', '/traces/search', { locations, ...more });

    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('shows nothing of other groups, nor of experiments that are none', async () => {
    const foreign = await traces.call('POST', '/traces/search', { locations }, 'carol');
    const nowhere = [{ mlflow_experiment: { experiment_id: '99999' } }];
    const missing = await traces.call('POST', '/traces/search', { locations: nowhere }, 'carol');

    expect([foreign.status, foreign.text]).toEqual([200, '{}']);
    expect(missing.text).toBe(foreign.text);
  });

  it('goes by time over several experiments', async () => {
    const { json } = await traces.api.post('/experiments/create', { name: 'other' });
    const other = { mlflow_experiment: { experiment_id: json.experiment_id } };
    await traces.start('d', { trace_location: other, request_time: '2026-01-01T00:00:02.500Z' });
    const both = { locations: [...locations, other] };
    const seen: string[] = [];
    let page_token: string | undefined;
    do {
      const answer = await traces.call('POST', '/traces/search', {
        ...both,
        max_results: 1,
        page_token,
      });
      seen.push(...(await answer.json.traces.map((one: { trace_id: string }) => one.trace_id)));
      page_token = answer.json.next_page_token;
    } while (page_token !== undefined);

    expect(seen).toEqual(['c', 'd', 'b', 'a'].map(named));
  });
});

describe('clients before version 3', () => {
  it('store a trace when it begins, end it and find it', async () => {
    const { json } = await traces.api.post('/experiments/create', { name: 'older' });
    const experiment_id = json.experiment_id;
    const started = await traces.call2('POST', '/traces', {
      experiment_id,
      timestamp_ms: 1_000,
      request_metadata: [{ key: 'm', value: '1' }],
      tags: [{ key: 'mlflow.traceName', value: 'old' }],
    });
    const id = started.json.trace_info.request_id;
    const ended = await traces.call2('PATCH', `/traces/${id}`, {
      timestamp_ms: 1_250,
      status: 'OK',
      request_metadata: [{ key: 'n', value: '2' }],
    });
    const got = await traces.call2('GET', `/traces/${id}/info`);
    const found = await traces.call2(
      'GET',
      `/traces?experiment_ids=${experiment_id}&filter=name%20%3D%20%27old%27`,
    );

    expect(started.json.trace_info).toMatchObject({ status: 'IN_PROGRESS', timestamp_ms: 1_000 });
    expect(ended.json.trace_info).toMatchObject({
      request_id: id,
      experiment_id,
      execution_time_ms: 250,
      status: 'OK',
      request_metadata: [
        { key: 'm', value: '1' },
        { key: 'n', value: '2' },
      ],
    });
    expect(got.json).toEqual(ended.json);
    expect(found.json.traces).toEqual([ended.json.trace_info]);
  });
});
