import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, openTraces, type Traces } from './support.ts';

let traces: Traces;
let experiment: string;
beforeAll(async () => {
  traces = await openTraces();
  experiment = String(traces.api.shop.experimentId);
});
afterAll(() => traces.api.close());

const get = async (id: string) =>
  (await traces.call('GET', `/traces/${named(id)}`)).json.trace.trace_info;

describe('a trace', () => {
  it('is stored with all that is said of it, and where its files are', async () => {
    const fields = {
      client_request_id: 'mine',
      request_preview: `{"q": "${'x'.repeat(2_000)}"}`,
      response_preview: 'answer',
      trace_metadata: { 'mlflow.user': 'me', empty: '' },
      tags: { 'mlflow.traceName': 'root', a: 'b'.repeat(9_000) },
    };
    const { json, status } = await traces.start('whole', fields);
    const info = await get('whole');

    expect([status, json.trace.trace_info]).toEqual([200, info]);
    expect(info).toMatchObject({
      trace_id: named('whole'),
      client_request_id: 'mine',
      trace_location: {
        type: 'MLFLOW_EXPERIMENT',
        mlflow_experiment: { experiment_id: experiment },
      },
      response_preview: 'answer',
      request_time: '2026-01-02T03:04:05.678Z',
      execution_duration: '1.500s',
      state: 'OK',
      trace_metadata: { 'mlflow.user': 'me', empty: '' },
    });
    expect(info.request_preview).toHaveLength(1_000);
    expect(info.tags).toEqual({
      'mlflow.traceName': 'root',
      a: 'b'.repeat(8_000),
      'mlflow.artifactLocation': `mlflow-artifacts:/${experiment}/traces/${named('whole')}/artifacts`,
    });
  });

  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02T03:04:05.1+02:00', '2026-01-02T01:04:05.100Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('may begin at %s', async (given, kept) => {
    const { json } = await traces.start(`at${given.length}${given.at(0)}`, { request_time: given });

    expect(json.trace.trace_info.request_time).toBe(kept);
  });

  it('does not let its client say where files or spans are', async () => {
    const tags = {
      'mlflow.artifactLocation': 'file:///etc',
      'mlflow.trace.spansLocation': 'TRACKING_STORE',
      __proto__: 'x',
    };
    const text = JSON.stringify(traces.info('sly', { tags })).replace(
      '{"mlflow.a',
      '{"__proto__":"x","mlflow.a',
    );
    const { json } = await traces.api.send('/api/3.0/mlflow/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"trace":{"trace_info":${text}}}`,
    });

    expect(json.trace.trace_info.tags['mlflow.artifactLocation']).toMatch(/^mlflow-artifacts:/);
    expect(json.trace.trace_info.tags).not.toHaveProperty('mlflow.trace.spansLocation');
  });

  it('may be reported again: what is new goes over what was', async () => {
    await traces.start('again', { tags: { a: '1', b: '2' }, state: 'IN_PROGRESS' });
    await traces.feedback('again', 'kept', true);
    const assessments = [
      {
        assessment_name: 'inline',
        source: { source_type: 3 },
        feedback: { value: 1 },
        create_time: '2026-01-01T00:00:00Z',
      },
    ];
    const more = { tags: { b: '3', c: '4' }, assessments };
    await traces.start('again', more);
    await traces.start('again', more);
    const info = await get('again');

    expect(info.tags).toMatchObject({ a: '1', b: '3', c: '4' });
    expect(info.state).toBe('OK');
    expect(info.assessments.map((one: { assessment_name: string }) => one.assessment_name)).toEqual(
      ['kept', 'inline'],
    );
    expect(await traces.find("request_id = 'x'")).toEqual([]);
  });

  it.each([
    ['no id', { trace_id: '' }],
    ['an id with a slash', { trace_id: 'a/../b' }],
    ['an id that is too long', { trace_id: 'a'.repeat(251) }],
    ['no location', { trace_location: {} }],
    [
      'a table as its location',
      { trace_location: { inference_table: { full_table_name: 'a.b' } } },
    ],
    ['a time that is none', { request_time: 'yesterday' }],
    ['a time as a number', { request_time: 5 }],
    ['a time before 1970', { request_time: '1969-12-31T23:59:59Z' }],
    ['a day that there is not', { request_time: '2026-13-40T00:00:00Z' }],
    ['a duration that is none', { execution_duration: '5' }],
    ['a negative duration', { execution_duration: '-1s' }],
    ['a state that is none', { state: 'DONE' }],
    ['tags that are no texts', { tags: { a: 1 } }],
    ['half of a character', { tags: { a: '\ud800' } }],
    ['a key that is too long', { trace_metadata: { ['k'.repeat(251)]: 'v' } }],
    [
      'too much of everything',
      {
        tags: Object.fromEntries(
          Array.from({ length: 10 }, (_, at) => [`${at}`, 'x'.repeat(8_000)]),
        ),
      },
    ],
  ])('is refused for %s', async (_, fields) => {
    const { json, status } = await traces.start('refused', fields);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('is for its group alone', async () => {
    await traces.start('ours');
    const foreign = await traces.call('GET', `/traces/${named('ours')}`, undefined, 'carol');
    const missing = await traces.call('GET', `/traces/${named('none')}`, undefined, 'carol');
    const taken = await traces.call('POST', '/traces', {
      trace: {
        trace_info: traces.info('ours', {
          trace_location: { mlflow_experiment: { experiment_id: '99999' } },
        }),
      },
    });
    const reader = await traces.call(
      'PATCH',
      `/traces/${named('ours')}/tags`,
      { key: 'a', value: 'b' },
      'bob',
    );

    expect([foreign.status, foreign.json.message]).toEqual([
      404,
      `Trace with ID '${named('ours')}' not found.`,
    ]);
    expect(foreign.text.replace(named('ours'), named('none'))).toBe(missing.text);
    expect([taken.status, reader.status]).toEqual([404, 403]);
  });
});

describe('tags of a trace', () => {
  it.each(['call', 'call2'] as const)('are set and deleted (%s)', async (version) => {
    await traces.start(`tags${version}`);
    const path = `/traces/${named(`tags${version}`)}/tags`;
    const set = await traces[version]('PATCH', path, { key: 'a', value: 'b' });
    const there = (await get(`tags${version}`)).tags.a;
    const deleted = await traces[version]('DELETE', path, { key: 'a' });
    const again = await traces[version]('DELETE', path, { key: 'a' });

    expect([set.json, there, deleted.json]).toEqual([{}, 'b', {}]);
    expect([again.status, again.json.error_code, again.json.message]).toEqual([
      404,
      'RESOURCE_DOES_NOT_EXIST',
      expect.stringContaining("No trace tag with key 'a'"),
    ]);
  });

  it.each(['mlflow.artifactLocation', 'mlflow.trace.spansLocation', '../x', 'a'.repeat(251)])(
    'cannot be %s',
    async (key) => {
      await traces.start('fixed');
      const path = `/traces/${named('fixed')}/tags`;

      expect((await traces.call('PATCH', path, { key, value: 'x' })).status).toBe(400);
    },
  );

  it('are all kept when they are set at once', async () => {
    await traces.start('crowd');
    const keys = Array.from({ length: 12 }, (_, at) => `k${at}`);
    const path = `/traces/${named('crowd')}/tags`;
    await Promise.all(keys.map((key) => traces.call('PATCH', path, { key, value: key })));

    expect(Object.keys((await get('crowd')).tags)).toEqual(expect.arrayContaining(keys));
  });
});

describe('links of traces', () => {
  it('make a search by a run find them, with those that were made in it', async () => {
    const run = await traces.api.newRun();
    await traces.start('linked');
    await traces.start('made', { trace_metadata: { 'mlflow.sourceRun': run } });
    const trace_ids = [named('linked'), named('made'), named('none')];
    const linked = await traces.call2('POST', '/traces/link-to-run', { trace_ids, run_id: run });
    await traces.call2('POST', '/traces/link-to-run', { trace_ids, run_id: run });

    expect(linked.json).toEqual({});
    expect((await traces.find(`attribute.run_id = '${run}'`)).toSorted()).toEqual([
      'linked',
      'made',
    ]);
    expect(
      await traces.find(`metadata.\`mlflow.sourceRun\` = '${run}' AND status = 'ERROR'`),
    ).toEqual([]);
    const many = { trace_ids: Array(101).fill('x'), run_id: run };
    expect((await traces.call2('POST', '/traces/link-to-run', many)).json.message).toContain(
      'Cannot link more than 100 traces',
    );
    const unknown = { trace_ids, run_id: 'f'.repeat(32) };
    expect((await traces.call2('POST', '/traces/link-to-run', unknown)).status).toBe(404);
  });

  it('to versions of prompts are found by name and version', async () => {
    await traces.start('prompted');
    const prompt_versions = [{ name: 'greeting', version: '3' }];
    const body = { trace_id: named('prompted'), prompt_versions };
    await traces.call2('POST', '/traces/link-prompts', body);
    await traces.call2('POST', '/traces/link-prompts', body);

    expect(await traces.find("prompt = 'greeting/3'")).toEqual(['prompted']);
    expect(await traces.find("prompt = 'greeting/4'")).toEqual([]);
  });
});

describe('several traces', () => {
  it('are got by their ids, those that are there', async () => {
    await traces.start('one');
    await traces.start('two');
    const trace_ids = [named('two'), named('none'), '../x', named('one'), named('two')];
    const infos = await traces.call('POST', '/traces/batchGetInfos', { trace_ids });
    const scoped = await traces.call('POST', '/traces/batchGetInfos', {
      trace_ids,
      experiment_ids: ['999'],
    });
    const foreign = await traces.call('POST', '/traces/batchGetInfos', { trace_ids }, 'carol');

    expect(infos.json.trace_infos.map((one: { trace_id: string }) => one.trace_id)).toEqual([
      named('two'),
      named('one'),
    ]);
    expect([scoped.json, foreign.json]).toEqual([{}, {}]);
  });
});
