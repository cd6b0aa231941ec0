import { describe, expect, it } from 'vitest';
import { runVocabulary } from '#domain/tracking/search/run-vocabulary.ts';
import { type FieldValue, matches } from '#kernel/filter/matches.ts';
import { parseFilter } from '#kernel/filter/parse.ts';

const row: { readonly [field: string]: FieldValue } = {
  'metric.loss': 0.5,
  'metric.nan': Number.NaN,
  'metric.infinite': Number.POSITIVE_INFINITY,
  'metric.zero': -0,
  'param.lr': '0.1',
  'param.text': 'Straße\n50%_é😀',
  'tag.empty': '',
  'attribute.start_time': 1000,
  'attribute.run_id': 'abc',
  'dataset.name': ['train', 'test'],
  'dataset.digest': [],
};

const holds = (text: string): boolean => {
  const filter = parseFilter(text, runVocabulary);
  if (filter === undefined) throw new Error('There is no filter.');
  return matches(filter, ({ entity, key }) => row[`${entity}.${key}`]);
};

describe('numbers', () => {
  it.each([
    ['metrics.loss = 0.5', true],
    ['metrics.loss != 0.5', false],
    ['metrics.loss > 0.5', false],
    ['metrics.loss >= 0.5', true],
    ['metrics.loss < 1e308', true],
    ['metrics.loss <= .4', false],
    ['metrics.zero = 0', true],
    ['metrics.infinite > 1e308', true],
    ['metrics.nan = 0', false],
    ['metrics.nan >= 0', false],
    ['metrics.nan < 0', false],
    ['metrics.nan != 0', true],
    ['start_time <= 1000', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('texts', () => {
  it.each([
    ["params.lr = '0.1'", true],
    ["params.lr = '0.10'", false],
    ["params.lr != '0.2'", true],
    ["tags.empty = ''", true],
    ["params.text LIKE 'Straße%'", true],
    ["params.text LIKE 'straße%'", false],
    ["params.text ILIKE 'sTRASSE%'", false],
    ["params.text ILIKE 'stRaße%'", true],
    ["params.text LIKE '%\n50%'", true],
    ["params.text LIKE 'Straße_50____'", true],
    ["params.text LIKE 'Straße_50_____'", false],
    ["params.text LIKE '%50'", false],
    ["params.text LIKE '%'", true],
    ["params.lr LIKE '0.1'", true],
    ["params.lr LIKE '0.'", false],
    ["params.lr LIKE '0_1'", true],
    ["params.lr LIKE '.*'", false],
    ["tags.empty LIKE ''", true],
    ["tags.empty LIKE '_'", false],
    ["run_id IN ('x', 'abc')", true],
    ["run_id NOT IN ('x', 'abc')", false],
    ["run_id NOT IN ('x')", true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('what is missing', () => {
  it.each([
    ["params.none = 'x'", false],
    ["params.none != 'x'", false],
    ["params.none LIKE '%'", false],
    ['metrics.none != 1', false],
    ["NOT params.none = 'x'", true],
    ["NOT params.none != 'x'", true],
    ['params.none IS NULL', true],
    ['params.none IS NOT NULL', false],
    ['params.lr IS NULL', false],
    ['tags.empty IS NOT NULL', true],
    ["dataset.digest != 'x'", false],
    ['end_time > 0', false],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('a field with many values', () => {
  it.each([
    ["dataset.name = 'test'", true],
    ["dataset.name != 'test'", true],
    ["NOT dataset.name = 'test'", false],
    ["dataset.name NOT IN ('test', 'train')", false],
    ["dataset.name LIKE 'tr%' AND dataset.name LIKE 'te%'", true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

describe('AND, OR and NOT', () => {
  it.each([
    ["params.lr = '0.1' AND metrics.loss < 1", true],
    ["params.lr = '0.1' AND metrics.loss > 1", false],
    ["params.lr = 'x' OR metrics.loss < 1", true],
    ["NOT (params.lr = 'x' OR metrics.loss < 1)", false],
    ["params.lr = 'x' AND metrics.loss < 1 OR run_id = 'abc'", true],
    ["params.lr = 'x' AND (metrics.loss < 1 OR run_id = 'abc')", false],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });
});

it('compares many rows with one pattern in no long time', () => {
  const pattern = `%${'a_'.repeat(499)}%`;
  const filter = parseFilter(`params.lr LIKE '${pattern}'`, runVocabulary);
  const value = 'a'.repeat(8_000);

  const started = performance.now();
  for (let at = 0; at < 10; at += 1) {
    expect(filter !== undefined && matches(filter, () => `${value}${at}`)).toBe(true);
    expect(filter !== undefined && matches(filter, () => 'b'.repeat(8_000))).toBe(false);
  }

  expect(performance.now() - started).toBeLessThan(2_000);
});
