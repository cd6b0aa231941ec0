import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runVocabulary } from '#domain/tracking/search/run-vocabulary.ts';
import type { Filter, Operator } from '#kernel/filter/ast.ts';
import { parseFilter } from '#kernel/filter/parse.ts';

const parse = (text: string) => parseFilter(text, runVocabulary);

const comparison = (
  entity: string,
  key: string,
  operator: Operator,
  value?: string | number | readonly string[],
): Filter => ({
  kind: 'comparison',
  field: { entity, key },
  operator,
  ...(value === undefined ? {} : { value }),
});

const a = comparison('param', 'a', '=', '1');
const b = comparison('param', 'b', '=', '2');
const c = comparison('param', 'c', '=', '3');

describe('a comparison', () => {
  it.each([
    ['metrics.loss < 0.1', comparison('metric', 'loss', '<', 0.1)],
    ['metric.loss>=-5.', comparison('metric', 'loss', '>=', -5)],
    ['metrics.loss != 1e-3', comparison('metric', 'loss', '!=', 0.001)],
    ['metrics.loss > +.5E+2', comparison('metric', 'loss', '>', 50)],
    ["params.lr = '1'", comparison('param', 'lr', '=', '1')],
    ['parameters.lr != "1"', comparison('param', 'lr', '!=', '1')],
    ["parameter.lr like '1%'", comparison('param', 'lr', 'LIKE', '1%')],
    ["tags.team ILiKE 'a_'", comparison('tag', 'team', 'ILIKE', 'a_')],
    ["tags.mlflow.source.name = 'x'", comparison('tag', 'mlflow.source.name', '=', 'x')],
    ["tags.`a b.c` = 'x'", comparison('tag', 'a b.c', '=', 'x')],
    ['metrics."a b" > 1', comparison('metric', 'a b', '>', 1)],
    ['metrics.system/gpu-0:used > 1', comparison('metric', 'system/gpu-0:used', '>', 1)],
    ['metrics.1a > 1', comparison('metric', '1a', '>', 1)],
    ["params.日本 = 'x'", comparison('param', '日本', '=', 'x')],
    ["params.and = 'x'", comparison('param', 'and', '=', 'x')],
    ["params.constructor = 'x'", comparison('param', 'constructor', '=', 'x')],
    ['tags.a IS NULL', comparison('tag', 'a', 'IS NULL')],
    ['params.a is  not\tnull', comparison('param', 'a', 'IS NOT NULL')],
    ["status = 'RUNNING'", comparison('attribute', 'status', '=', 'RUNNING')],
    ["run.status = 'RUNNING'", comparison('attribute', 'status', '=', 'RUNNING')],
    ["`Run Name` = 'x'", comparison('attribute', 'run_name', '=', 'x')],
    ['attr."run name" = "x"', comparison('attribute', 'run_name', '=', 'x')],
    ['Created > 5', comparison('attribute', 'start_time', '>', 5)],
    ['run_id IN (\'a\', "b",)', comparison('attribute', 'run_id', 'IN', ['a', 'b'])],
    ["run_id not in('a')", comparison('attribute', 'run_id', 'NOT IN', ['a'])],
    ["datasets.context IN ('train')", comparison('dataset', 'context', 'IN', ['train'])],
    ["\n params.a\n=\n'1' \t", a],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each(['', '  \n', 'AND', ' and AND '])('%j asks for nothing', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe('quotes', () => {
  it.each([
    ["params.a = 'it''s'", "it''s"],
    ["params.a = 'it\\'s'", "it\\'s"],
    ["params.a = 'C:\\'", 'C:\\'],
    ['params.a = "it\'s"', "it's"],
    ["params.a = ''", ''],
    ["params.a = '%_\n\\n'", '%_\n\\n'],
  ])('%s', (text, expected) => {
    expect(parse(text)).toMatchObject({ value: expected });
  });

  it('are read as Python does in lists', () => {
    const text = "run_id IN ('it''s', 'a\\nb', 'a\\\\b', \"''\", 'x\\'y', '\\d')";

    expect(parse(text)).toMatchObject({ value: ['its', 'a\nb', 'a\\b', "''", "x'y", '\\d'] });
  });
});

describe('comparisons together', () => {
  const all = (...of: Filter[]): Filter => ({ kind: 'all', of });
  const any = (...of: Filter[]): Filter => ({ kind: 'any', of });
  const not = (of: Filter): Filter => ({ kind: 'not', of });
  const A = "params.a='1'";
  const B = "params.b='2'";
  const C = "params.c='3'";

  it.each([
    [`${A} AND ${B} and ${C}`, all(a, b, c)],
    [`${A} ${B}`, all(a, b)],
    [`AND ${A} AND AND ${B} AND `, all(a, b)],
    [`${A} OR ${B} AND ${C}`, any(a, all(b, c))],
    [`(${A} or ${B}) AND ${C}`, all(any(a, b), c)],
    [`NOT ${A} AND ${B}`, all(not(a), b)],
    [`not (${A} AND ${B})`, not(all(a, b))],
    [`NOT NOT ${A}`, not(not(a))],
    [`((${A}))`, a],
    [`(${A})AND(${B})`, all(a, b)],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

describe('what is refused', () => {
  it.each([
    ["foo.a = 'x'", "Invalid entity type 'foo'", 1],
    ["METRIC.a = 'x'", "Invalid entity type 'METRIC'", 1],
    ["params.a = 'x' AND foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are", 20],
    ["__proto__ = 'x'", "Invalid attribute key '__proto__'", 1],
    ["dataset.foo = 'x'", "Invalid dataset key 'foo' specified", 1],
    ["metrics.a > '1'", "Expected numeric value type for metric. Found '1'", 13],
    ['metrics.a > NaN', 'Expected numeric value type for metric. Found NaN', 13],
    ['metrics.a > 1_000', 'Expected numeric value type for metric. Found 1_000', 13],
    ['metrics.a >', 'Expected numeric value type for metric. Found nothing', 12],
    ["start_time > 'x'", "numeric attribute: start_time. Found 'x'", 14],
    ['params.a = 5', "Expected a quoted string value for parameter (e.g. 'my-value')", 12],
    ['status = 5', 'Expected a quoted string value for attributes', 10],
    ['params.a = x', 'Parameter value is either not quoted or unidentified quote types', 12],
    ['params.a = `x`', 'Parameter value is either not quoted or unidentified quote types', 12],
    ["params.a > 'x'", "Invalid comparator '>' not one of", 10],
    ["params.a == 'x'", "Invalid comparator '==' not one of", 10],
    ["params.a NOT LIKE 'x'", "Invalid comparator 'NOT LIKE' not one of", 10],
    ["params.a RLIKE 'x'", "Invalid comparator 'RLIKE' not one of", 10],
    ["params.a IN ('x')", 'support comparison with a list of quoted string values', 13],
    ['run_id IN ()', 'expected a non-empty list of string values, but got empty list', 11],
    ['run_id IN (1)', 'but got different type in list', 12],
    ["run_id IN ('a' 'b')", 'but got ill-formed list', 16],
    ["run_id IN ('a'", 'but got ill-formed list', 15],
    ['status IS NULL', 'IS NULL / IS NOT NULL is only supported for tags and params', 8],
    ["'x' = params.a", "Invalid comparison clause. Expected 'Identifier' found ''x''", 1],
    ['params.a', "Invalid clause(s) in filter string: 'params.a'", 9],
    ['metrics.a BETWEEN 1', "Invalid clause(s) in filter string: 'metrics.a', 'BETWEEN'", 11],
    ["params.a = 'x' ; x", "Invalid clause(s) in filter string: '; x'", 16],
    ["params.a = 'x' -- y", "Invalid clause(s) in filter string: '-- y'", 16],
    ["params.a = 'x", "Invalid clause(s) in filter string: ''x'", 12],
    ["params. a = 'x'", 'Invalid clause(s) in filter string', 8],
    ["(params.a = 'x'", 'the parenthesis opened at character 1 is not closed', 16],
    ["params.a = 'x')", "Invalid clause(s) in filter string: ')'", 15],
    ["params.a = 'x' OR", "Expected 'Identifier' found ''", 18],
    ["(params.a = 'x' AND)", "Expected 'Identifier' found ')'", 20],
    [`tags.a LIKE '${'a_'.repeat(501)}'`, 'Patterns with _', 8],
  ])('%s', (text, message, position) => {
    const detail = { position: position - 1 };
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'invalid', reason: 'filter', detail }),
    );
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(`(at character ${position})`);
  });

  it('does not show more of a filter than is needed', () => {
    const text = `params.a = ${'x'.repeat(40_000)}`;

    expect(() => parse(text)).toThrow(/^.{0,400}$/s);
  });

  it.each([
    ['too long', `params.a = '${'x'.repeat(50_000)}'`, 'longer than 50000 characters'],
    ['surrogates', "params.a = '\ud800'", 'not well-formed'],
    ['deep', `${'('.repeat(51)}params.a = 'x'${')'.repeat(51)}`, 'more than 50 deep'],
    ['many nots', `${'NOT '.repeat(51)}params.a = 'x'`, 'more than 50 deep'],
    ['many', "params.a='' AND ".repeat(501), 'more than 500 comparisons'],
  ])('%s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('takes what is just within the limits', () => {
    expect(parse(`${'('.repeat(50)}params.a = '1'${')'.repeat(50)}`)).toEqual(a);
    expect(parse("params.a='' AND ".repeat(500))).toMatchObject({ kind: 'all' });
    expect(parse(`params.a = '${'x'.repeat(49_987)}'`)).toMatchObject({ operator: '=' });
  });
});

describe('any text', () => {
  const RUNS = process.env.FULL === '1' ? 100_000 : 10_000;
  const piece = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        ...' .,()\'"`%_=<>!;-é😀\0\n\\0é\ud800'.split(''),
        ...['metrics.', 'params.a', 'tags.', 'status', ' AND ', ' OR ', 'NOT ', ' IN ', ' IS '],
        ...["'x'", ' NULL', ' LIKE ', '1e5', '-.5', 'run_id', '"a b"', '`a b`'],
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  );
  const anyFilter = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));

  it('is read or refused, never anything else, in less than a millisecond', () => {
    const samples = fc.sample(anyFilter, { numRuns: RUNS, seed: 6 });
    const outcomes = { read: 0, refused: 0 };

    const started = performance.now();
    for (const text of samples) {
      try {
        parse(text);
        outcomes.read += 1;
      } catch (error) {
        if ((error as { reason?: string }).reason !== 'filter') throw error;
        outcomes.refused += 1;
      }
    }
    const took = performance.now() - started;

    expect(outcomes.read).toBeGreaterThan(RUNS / 1000);
    expect(outcomes.refused).toBeGreaterThan(RUNS / 10);
    expect(took / RUNS).toBeLessThan(1);
  });

  it.each([
    ['digits', `metrics.a > ${'1'.repeat(49_000)}x`],
    ['digits and an exponent', `metrics.a > ${'1'.repeat(24_000)}e${'1'.repeat(24_000)}x`],
    ['quotes that escape', `params.a = '${"\\'".repeat(24_000)}`],
    ['quotes in turn', `params.a = ${`"'`.repeat(24_000)}`],
    ['words', `${'a'.repeat(49_000)} = 'x'`],
    ['spaces', `params.a${' '.repeat(49_000)}= x`],
    ['ANDs', 'AND '.repeat(12_000)],
    ['a list', `run_id IN (${"'a',".repeat(12_000)})`],
  ])('takes no long time: %s', (_what, text) => {
    const started = performance.now();
    try {
      parse(text);
    } catch {
      // Whether it is a filter does not matter here.
    }

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
