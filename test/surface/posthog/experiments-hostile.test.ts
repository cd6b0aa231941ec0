import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExperimentStage, experimentStage, meanOf } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const body = (member: string): string => `{"name":"x","feature_flag_key":"x",${member}}`;
const long = (length: number): string => JSON.stringify('x'.repeat(length));

describe('what nobody sends in good faith is refused, and leaves nothing', () => {
  it.each<[string, string, number]>([
    ['documents without end', body(`"parameters":${deep(60)}`), 400],
    ['a metric without end', body(`"metrics":[${deep(500)}]`), 400],
    ['a key of prototypes', body('"parameters":{"__proto__":{"a":1}}'), 400],
    ['the same in disguise', body('"parameters":{"\\u005f_proto__":{"a":1}}'), 400],
    ['numbers beyond numbers', body('"parameters":{"minimum_detectable_effect":1e999}'), 400],
    ['half a character', body('"conclusion_comment":"\\ud800"'), 400],
    ['half a character in a document', body('"parameters":{"a":"\\ud800"}'), 400],
    ['a name without letters in a document', body('"parameters":{"":1}'), 400],
    ['a long document', body(`"parameters":{"a":${long(300_000)}}`), 413],
    ['a long comment', body(`"conclusion_comment":${long(10_001)}`), 400],
    ['a key of other letters', body('"feature_flag_key":"a b"'), 400],
    ['a long key', body(`"feature_flag_key":${long(401)}`), 400],
    ['many orders', body(`"primary_metrics_ordered_uuids":[${'"a",'.repeat(600)}"a"]`), 400],
    ['many metrics', body(`"metrics":${JSON.stringify(Array(101).fill(meanOf('a')))}`), 400],
    ['many saved metrics', body(`"saved_metrics_ids":[${'{"id":1},'.repeat(60)}{"id":1}]`), 400],
    ['no JSON', '{"name":', 400],
    ['a list', '[]', 400],
    ['nothing', 'null', 400],
  ])('%s', async (_, text, status) => {
    const answer = await stage.owner.post(stage.at('experiments'), text);

    expect([answer.status, typeof answer.body.detail]).toEqual([status, 'string']);
    expect(answer.text.length).toBeLessThan(2_000);
    expect((await stage.get('experiments')).count).toBe(0);
    expect((await stage.get('feature_flags')).count).toBe(0);
  });

  it.each(['0', '-1', 'x', '1.5', '99999999999999999999', '%00'])(
    'an id such as %s is nothing',
    async (id) => {
      const answers = await Promise.all([
        stage.call('GET', `/${id}`),
        stage.call('POST', `/${id}/launch`),
        stage.owner.delete(stage.at(`experiment_holdouts/${id}`)),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    },
  );
});
