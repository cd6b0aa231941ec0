import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, openTraces, type Traces } from './support.ts';

let traces: Traces;
const path = `/traces/${named('judged')}/assessments`;
beforeAll(async () => {
  traces = await openTraces();
  await traces.start('judged');
});
afterAll(() => traces.api.close());

const source = { source_type: 'LLM_JUDGE', source_id: 'judge' };
const log = async (assessment: object) =>
  traces.call('POST', path, { assessment: { assessment_name: 'x', source, ...assessment } });
const get = async (id: string) => (await traces.call('GET', `${path}/${id}`)).json.assessment;

describe('an assessment', () => {
  it.each([
    ['feedback', { value: 0.25 }, { value: 0.25 }],
    ['feedback', { value: 'yes' }, { value: 'yes' }],
    ['feedback', { value: { a: [1, 'b', true] } }, { value: { a: [1, 'b', true] } }],
    ['feedback', { value: null }, { value: null }],
    ['feedback', {}, { value: null }],
    [
      'feedback',
      { error: { error_code: 'E', error_message: 'm', stack_trace: 's' } },
      { value: null, error: { error_code: 'E', error_message: 'm', stack_trace: 's' } },
    ],
    ['expectation', { value: 5 }, { value: 5 }],
    [
      'expectation',
      { serialized_value: { serialization_format: 'JSON_FORMAT', value: '[1, null]' } },
      { serialized_value: { serialization_format: 'JSON_FORMAT', value: '[1, null]' } },
    ],
    ['issue', { issue_name: 'i-1' }, { issue_name: 'i-1' }],
  ])('is a %s of %j', async (kind, given, kept) => {
    const { json, status } = await log({ [kind]: given, metadata: { k: 'v' }, span_id: 's1' });
    const { assessment } = json;

    expect(status).toBe(200);
    expect(assessment).toMatchObject({
      assessment_id: expect.stringMatching(/^a-[0-9a-f]{32}$/),
      assessment_name: 'x',
      trace_id: named('judged'),
      source,
      span_id: 's1',
      metadata: { k: 'v' },
      valid: true,
      [kind]: kept,
    });
    expect(assessment[kind]).toEqual(kept);
    expect(await get(assessment.assessment_id)).toEqual(assessment);
  });

  it('keeps the times that its client says, and gets its own otherwise', async () => {
    const create_time = '2025-06-01T00:00:00.5Z';
    const { json } = await log({ feedback: { value: 1 }, create_time });

    expect(json.assessment.create_time).toBe('2025-06-01T00:00:00.500Z');
    expect(json.assessment.last_update_time).not.toBe(json.assessment.create_time);
  });

  it.each([
    ['no value', {}],
    ['two values', { feedback: { value: 1 }, expectation: { value: 1 } }],
    ['no name', { assessment_name: '', feedback: { value: 1 } }],
    ['an unknown source', { source: { source_type: 'ORACLE' }, feedback: { value: 1 } }],
    [
      'JSON that is none',
      { expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '{' } } },
    ],
    [
      'another format',
      { expectation: { serialized_value: { serialization_format: 'PICKLE', value: '1' } } },
    ],
    ['half of a character', { feedback: { value: '\ud800' } }],
    [
      'a value that is too deep',
      { feedback: { value: JSON.parse('['.repeat(40) + ']'.repeat(40)) } },
    ],
    ['a value that is too long', { feedback: { value: 'x'.repeat(50_000) } }],
  ])('is refused for %s', async (_, assessment) => {
    const { json, status } = await log(assessment);

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('changes in the parts that the mask names', async () => {
    const { json } = await log({ feedback: { value: 1 }, rationale: 'why', metadata: { a: '1' } });
    const id = json.assessment.assessment_id;
    traces.api.shop.clock.advance(1_000);
    const patch = {
      assessment_name: 'y',
      feedback: { value: 2 },
      rationale: 'because',
      metadata: { b: '2' },
    };
    const first = await traces.call('PATCH', `${path}/${id}`, {
      assessment: patch,
      update_mask: 'rationale,metadata',
    });
    const second = await traces.call('PATCH', `${path}/${id}`, {
      assessment: patch,
      update_mask: 'assessmentName,feedback',
    });

    expect(first.json.assessment).toMatchObject({
      assessment_name: 'x',
      feedback: { value: 1 },
      rationale: 'because',
      metadata: { a: '1', b: '2' },
      create_time: json.assessment.create_time,
    });
    expect(first.json.assessment.last_update_time).not.toBe(json.assessment.last_update_time);
    expect(second.json.assessment).toMatchObject({ assessment_name: 'y', feedback: { value: 2 } });
    const wrong = { assessment: { expectation: { value: 1 } }, update_mask: 'expectation' };
    expect((await traces.call('PATCH', `${path}/${id}`, wrong)).json.message).toContain(
      'Cannot update expectation value on a Feedback',
    );
  });

  it('makes the one that it overrides invalid until it is deleted', async () => {
    const old = (await log({ feedback: { value: 1 } })).json.assessment.assessment_id;
    const fresh = (await log({ feedback: { value: 2 }, overrides: old })).json.assessment;
    const during = (await get(old)).valid;
    await traces.call('DELETE', `${path}/${fresh.assessment_id}`);
    const after = (await get(old)).valid;
    const again = await traces.call('DELETE', `${path}/${fresh.assessment_id}`);

    expect([fresh.overrides, during, after, again.status]).toEqual([old, false, true, 200]);
    expect((await log({ feedback: { value: 2 }, overrides: 'a-none' })).status).toBe(404);
  });

  it('that is missing is said to be', async () => {
    const missing = await traces.call('GET', `${path}/a-none`);
    const noTrace = await traces.call('GET', `/traces/${named('none')}/assessments/a-none`);

    expect([missing.status, missing.json.message]).toEqual([
      404,
      `Assessment with ID 'a-none' not found for trace '${named('judged')}'`,
    ]);
    expect(noTrace.json.message).toContain('Trace with ID');
  });
});
