import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, openTraces, type Traces } from './support.ts';

let traces: Traces;
let experiment: number;
beforeAll(async () => {
  traces = await openTraces();
  experiment = traces.api.shop.experimentId;
});
afterAll(() => traces.api.close());

const SPAN = {
  trace_id: 'AAAAAAAAAAAAAAAAAAAAAQ==',
  span_id: 'AAAAAAAAAAE=',
  parent_span_id: null,
  name: 'root',
  start_time_unix_nano: 1_700_000_000_123_456_789n,
  end_time_unix_nano: 1_700_000_000_223_456_789n,
  events: [{ name: 'e', time_unix_nano: 5, attributes: { 'exception.message': 'no' } }],
  status: { code: 'STATUS_CODE_ERROR', message: 'failed' },
  attributes: { 'mlflow.spanInputs': '{"x": 1, "y": [null, 1.5, true]}', plain: 'not json' },
  links: [],
};
const textOf = (spans: readonly object[]): string =>
  JSON.stringify({ spans }, (_, value) =>
    typeof value === 'bigint' ? `#${value}#` : value,
  ).replaceAll(/"#(\d+)#"/g, '$1');

const upload = async (id: string, text: string, name = 'traces.json') => {
  const at = `/api/2.0/mlflow-artifacts/artifacts/${experiment}/traces/${named(id)}/artifacts/${name}`;
  const headers = { 'content-length': String(Buffer.byteLength(text)) };
  const moved = await traces.api.send(at, { method: 'PUT', body: text, headers });
  expect([moved.status, moved.text]).toEqual([307, '']);
  const { blobs } = traces.api.shop.platform;
  const init = { method: 'PUT', body: text, headers };
  await blobs.handleRequest(new Request(moved.headers.get('location') ?? '', init));
};
const stored = async (id: string): Promise<readonly string[]> =>
  (
    await traces.api.shop.platform.blobs.list(`runs/traces/${experiment}/${named(id)}/`)
  ).objects.map(({ key }) => key);

describe('the spans of a trace', () => {
  it('are a file that comes back as spans of OpenTelemetry', async () => {
    await traces.start('spans');
    await upload('spans', textOf([SPAN]));
    const got = await traces.call('GET', `/traces/get?trace_id=${named('spans')}`);
    const batch = await traces.call(
      'GET',
      `/traces/batchGet?trace_ids=${named('spans')}&trace_ids=${named('none')}`,
    );

    expect(got.text).toContain('"start_time_unix_nano":1700000000123456789');
    expect(got.json.trace.trace_info.trace_id).toBe(named('spans'));
    expect(got.json.trace.spans).toEqual([
      expect.objectContaining({
        trace_id: SPAN.trace_id,
        span_id: SPAN.span_id,
        name: 'root',
        status: { code: 'STATUS_CODE_ERROR', message: 'failed' },
        events: [
          {
            time_unix_nano: 5,
            name: 'e',
            attributes: [{ key: 'exception.message', value: { string_value: 'no' } }],
          },
        ],
      }),
    ]);
    expect(got.json.trace.spans[0].attributes).toEqual([
      {
        key: 'mlflow.spanInputs',
        value: {
          kvlist_value: {
            values: [
              { key: 'x', value: { int_value: 1 } },
              {
                key: 'y',
                value: {
                  array_value: { values: [{}, { double_value: 1.5 }, { bool_value: true }] },
                },
              },
            ],
          },
        },
      },
      { key: 'plain', value: { string_value: 'not json' } },
    ]);
    expect(batch.json.traces).toHaveLength(1);
  });

  it('are missing until they are there', async () => {
    await traces.start('late');
    const path = `/traces/get?trace_id=${named('late')}`;
    const missing = await traces.call('GET', path);
    const partial = await traces.call('GET', `${path}&allow_partial=true`);
    const file = await traces.call('GET', `/get-trace-artifact?request_id=${named('late')}`);

    expect([missing.status, missing.json.message]).toEqual([
      404,
      expect.stringContaining('is not fully exported yet'),
    ]);
    expect(partial.json.trace).not.toHaveProperty('spans');
    expect(file.status).toBe(404);
  });

  it.each([
    'not json',
    '[]',
    '{"spans": 5}',
    '{"spans": [{"name": 1}]}',
    '\ud800',
    '['.repeat(50_000),
  ])('may be whatever their client stored: %#', async (text) => {
    await traces.start('odd');
    await upload('odd', text);
    const got = await traces.call('GET', `/traces/get?trace_id=${named('odd')}`);
    const batch = await traces.call('GET', `/traces/batchGet?trace_ids=${named('odd')}`);

    expect([got.status, batch.status, batch.json]).toEqual([404, 200, {}]);
  });

  it('come as a file that no browser runs; attachments by a redirect', async () => {
    await traces.start('file');
    await upload('file', textOf([SPAN]));
    const path = `/get-trace-artifact?request_id=${named('file')}`;
    const file = await traces.call2('GET', path);
    const attachment = await traces.call('GET', `${path}&path=a-b-c`);
    const climbing = await traces.call('GET', `${path}&path=..%2F..%2Fx`);

    expect(file.text).toBe(textOf([SPAN]));
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(attachment.status).toBe(307);
    expect(attachment.headers.get('location')).toContain('/attachments/a-b-c');
    expect(climbing.status).toBe(400);
  });

  it('above 4 MB are left to the store of files', async () => {
    await traces.start('large');
    await upload('large', 'x'.repeat(4_000_001));
    const got = await traces.call('GET', `/traces/get?trace_id=${named('large')}`);
    const file = await traces.call('GET', `/get-trace-artifact?request_id=${named('large')}`);

    expect([got.status, file.status]).toEqual([413, 307]);
  });

  it('are for the group, at the address of their experiment', async () => {
    await traces.start('guarded');
    await upload('guarded', '{}');
    const base = '/api/2.0/mlflow-artifacts/artifacts';
    const at = (where: number) =>
      `${base}/${where}/traces/${named('guarded')}/artifacts/traces.json`;
    const [own, elsewhere, foreign, written] = await Promise.all([
      traces.api.send(at(experiment)),
      traces.api.send(at(experiment + 1)),
      traces.api.send(at(experiment), {}, 'carol'),
      traces.api.send(
        at(experiment),
        { method: 'PUT', headers: { 'content-length': '1' }, body: 'x' },
        'bob',
      ),
    ]);

    expect([own.status, elsewhere.status, foreign.status, written.status]).toEqual([
      307, 404, 404, 403,
    ]);
    expect(foreign.text).toBe(elsewhere.text);
  });

  it('cannot be sent one by one, which clients are told in words they know', async () => {
    const { json, status } = await traces.api.send('/v1/traces', { method: 'POST', body: 'x' });

    expect(status).toBe(501);
    expect(json.message).toContain('REST OTLP span logging is not supported');
  });
});

describe('deleting traces', () => {
  const remove = (body: object, as?: string) =>
    traces.call(
      'POST',
      '/traces/delete-traces',
      { experiment_id: String(experiment), ...body },
      as,
    );

  it('takes their files along', async () => {
    await traces.start('gone', { trace_metadata: { 'mlflow.sourceRun': 'r1' } });
    await upload('gone', '{}');
    await upload('gone', 'x', 'attachments/a');
    expect(await stored('gone')).toHaveLength(2);
    const { json } = await remove({ request_ids: [named('gone'), named('none')] });
    const missing = await traces.call('GET', `/traces/${named('gone')}`);
    const again = await remove({ request_ids: [named('gone')] });

    expect([json, missing.status, await stored('gone'), again.json]).toEqual([
      { traces_deleted: 1 },
      404,
      [],
      { traces_deleted: 0 },
    ]);
    expect(await traces.find("run_id = 'r1'")).toEqual([]);
    await traces.start('gone');
    expect((await traces.call('GET', `/traces/${named('gone')}`)).status).toBe(200);
  });

  it('takes the oldest up to a time', async () => {
    const at = (second: number) => ({ request_time: `2020-01-01T00:00:0${second}Z` });
    await traces.start('o1', at(1));
    await traces.start('o2', at(2));
    await traces.start('o3', at(3));
    await traces.start('o4', at(4));
    const until = Date.parse('2020-01-01T00:00:03Z');
    const one = await remove({ max_timestamp_millis: until, max_traces: 1 });
    const left = (await traces.find('timestamp < 1600000000000')).join();
    const rest = await remove({ max_timestamp_millis: String(until) });

    expect([one.json, left, rest.json]).toEqual([
      { traces_deleted: 1 },
      'o4,o3,o2',
      { traces_deleted: 2 },
    ]);
    expect(await traces.find('timestamp < 1600000000000')).toEqual(['o4']);
    expect((await remove({ max_timestamp_millis: -5 })).json).toEqual({ traces_deleted: 0 });
  });

  it.each([
    [{}, 'Either `max_timestamp_millis` or `trace_ids`'],
    [{ max_timestamp_millis: 5, request_ids: ['x'] }, 'Only one of'],
    [{ max_traces: 5, request_ids: ['x'] }, "`max_traces` can't be specified"],
    [{ max_timestamp_millis: 5, max_traces: 0 }, 'must be a positive integer, received 0'],
  ])('is refused for %j', async (body, message) => {
    const { json, status } = await remove(body);

    expect([status, json.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('is for those who may write, in the experiment that they name', async () => {
    await traces.start('safe');
    const request_ids = [named('safe')];
    const { json } = await traces.api.post('/experiments/create', { name: 'empty' });
    const elsewhere = await remove({ request_ids, experiment_id: json.experiment_id });

    expect(elsewhere.json).toEqual({ traces_deleted: 0 });
    expect((await remove({ request_ids }, 'bob')).status).toBe(403);
    expect((await remove({ request_ids }, 'carol')).status).toBe(404);
    expect((await traces.call('GET', `/traces/${named('safe')}`)).status).toBe(200);
  });
});
