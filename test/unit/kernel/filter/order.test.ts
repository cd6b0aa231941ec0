import { describe, expect, it } from 'vitest';
import { runVocabulary } from '#domain/tracking/search/run-vocabulary.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';

const parse = (...clauses: string[]) => parseOrderBy(clauses, runVocabulary);

describe('an order', () => {
  it.each([
    ['metrics.acc DESC', 'metric', 'acc', false],
    ['metrics.acc', 'metric', 'acc', true],
    ['params.`a b` asc', 'param', 'a b', true],
    ['tags."a.b"  Desc ', 'tag', 'a.b', false],
    ['attributes.start_time', 'attribute', 'start_time', true],
    ['start_time DESC', 'attribute', 'start_time', false],
    ['Created', 'attribute', 'start_time', true],
    ['`run name`', 'attribute', 'run_name', true],
    ['metrics.desc desc', 'metric', 'desc', false],
  ])('%s', (clause, entity, key, ascending) => {
    expect(parse(clause)).toEqual([{ field: { entity, key }, ascending }]);
  });

  it('has no clause, or many', () => {
    expect(parse()).toEqual([]);
    expect(parse('metrics.a', 'metrics.b DESC', 'params.a')).toHaveLength(3);
  });

  it.each([
    ['', 'Could not be parsed'],
    ['metrics.a, metrics.b', 'Could not be parsed'],
    ['metrics.a DESC x', 'Could not be parsed'],
    ['metrics.a down', "Invalid ordering key in order_by clause 'metrics.a down'"],
    ["'x'", 'Expected'],
    ['foo', "Invalid attribute key 'foo' specified. Valid keys are"],
    ['foo.a', "Invalid entity type 'foo'"],
    ['dataset.name', 'Invalid order_by entity: dataset'],
    ['metrics.\ud800', 'not well-formed'],
    [`metrics.${'a'.repeat(50_000)}`, 'longer than'],
  ])('%s is refused', (clause, message) => {
    expect(() => parse(clause)).toThrow(
      expect.objectContaining({ code: 'invalid', reason: 'filter', detail: {} }),
    );
    expect(() => parse(clause)).toThrow(message);
  });

  it('names each field once, whatever it is called', () => {
    expect(() => parse('start_time', 'attribute.created DESC')).toThrow(
      '`order_by` contains duplicate fields',
    );
    expect(() => parse(...Array.from({ length: 101 }, (_, at) => `metrics.m${at}`))).toThrow(
      'at most 100',
    );
  });
});
