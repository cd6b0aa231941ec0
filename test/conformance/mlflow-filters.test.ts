import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runVocabulary } from '#domain/tracking/search/run-vocabulary.ts';
import type { Comparison, Filter, Vocabulary } from '#kernel/filter/ast.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';

const script = fileURLToPath(new URL('mlflow-filters.py', import.meta.url));
const COUNT = process.env.FULL === '1' ? 20_000 : 3_000;

type Found = readonly unknown[];
type Answer = { readonly found: Found } | { readonly error: string };

const vocabularies: { readonly [kind: string]: Vocabulary } = { runs: runVocabulary };

/** What MLflow's own parser says to each text. */
async function askMlflow(what: string, kind: string, texts: readonly string[]) {
  const python = await ensureMlflowPython();
  const lines = texts.map((text) => JSON.stringify([what, kind, text])).join('\n');
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(python, [script], { maxBuffer: 1e9 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end(lines);
  });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll(/\bInfinity\b/g, '1e999')) as Answer);
}

const labelOf = (vocabulary: Vocabulary, entity: string): string =>
  vocabulary.entities[entity]?.label ?? entity;

const foundIn = (vocabulary: Vocabulary, { field, operator, value }: Comparison): Found => [
  labelOf(vocabulary, field.entity),
  field.key,
  operator,
  value ?? null,
];

function comparisonsOf(filter: Filter | undefined): readonly Comparison[] {
  if (filter === undefined) return [];
  if (filter.kind === 'comparison') return [filter];
  if (filter.kind === 'all') return filter.of.flatMap(comparisonsOf);
  throw new Error('MLflow knows only AND.');
}

function ours(read: () => Found): Answer {
  try {
    return { found: read() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

const ourFilter = (text: string, vocabulary: Vocabulary): Answer =>
  ours(() => comparisonsOf(parseFilter(text, vocabulary)).map((one) => foundIn(vocabulary, one)));

const ourOrder = (text: string, vocabulary: Vocabulary): Answer =>
  ours(() => {
    const [order] = parseOrderBy([text], vocabulary);
    if (order === undefined) throw new Error('There is no order.');
    return [labelOf(vocabulary, order.field.entity), order.field.key, order.ascending];
  });

const entity = fc.constantFrom(
  ...['metrics.', 'metric.', 'params.', 'param.', 'parameters.', 'tags.', 'tag.', ''],
  ...['attributes.', 'attr.', 'run.', 'dataset.', 'datasets.', 'foo.', 'METRICS.', '`tags`.'],
);
const key = fc.constantFrom(
  ...['a', 'loss', 'a.b.c', 'mlflow.runName', '`a b`', '"a b"', '`a.b`', "`it's`", '1a', 'é'],
  ...['a_b', 'A', 'order', 'type', 'name', 'digest', 'context', 'run_id', 'status', 'user_id'],
  ...['start_time', 'end_time', 'created', 'Created', '`Run Name`', '"run name"', 'run_name'],
  ...['artifact_uri', 'lifecycle_stage', 'a/b', 'a-b', '`a/b`', 'max', '`run name`'],
);
const operator = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('=', '!=', '>', '>=', '<', '<=') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('LIKE', 'ILIKE', 'like', 'IN', 'in', 'NOT IN', 'Not In'),
  },
  { weight: 1, arbitrary: fc.constantFrom('==', '<>', '=>', 'RLIKE', 'NOT LIKE', 'BETWEEN', '~') },
);
const value = fc.constantFrom(
  ...[
    '1',
    '0',
    '-1',
    '1.5',
    '-.5',
    '5.',
    '1e5',
    '1.5E-3',
    '1e999',
    '123456789012345',
    '0x1',
    'NaN',
  ],
  ...["'x'", '"x"', "''", "'it''s'", "'it\\'s'", '"it\'s"', "'a%_b'", "'é😀'", "'1'", "'a\nb'"],
  ...["('a')", "('a','b')", '( \'a\' , "b" )', "('a',)", '()', '(1)', "('a', 1)", "('a\\nb')"],
  ...['x', '`x`', 'a b', "'x", '1 - 2', '1_0'],
);
const space = fc.constantFrom(' ', ' ', ' ', '  ', '\n', '\t');
const gap = fc.constantFrom('', ' ', ' ');

const valued = fc.tuple(entity, key, space, operator, space, value).map((parts) => parts.join(''));
const tight = fc
  .tuple(entity, key, gap, fc.constantFrom('=', '!=', '>', '<='), gap, value)
  .map((parts) => parts.join(''));
const nullness = fc
  .tuple(entity, key, fc.constantFrom(' IS NULL', ' is not null', ' IS NOT NULL', ' IS x'))
  .map((parts) => parts.join(''));
/** Most of what is put together by chance is refused; these are not. */
const fitting = fc
  .oneof(
    fc.tuple(
      fc.constantFrom('metrics.', 'metric.'),
      fc.constantFrom('a', 'loss', '`a b`', '"a b"', 'a.b.c', '1a'),
      fc.constantFrom(' = ', '!=', ' > ', '>=', '<', ' <= '),
      fc.constantFrom(
        '1',
        '0',
        '-1',
        '1.5',
        '-.5',
        '5.',
        '1e5',
        '1.5E-3',
        '1e999',
        '123456789012345',
      ),
    ),
    fc.tuple(
      fc.constantFrom('params.', 'param.', 'parameters.', 'tags.', 'tag.'),
      fc.constantFrom('a', 'loss', '`a b`', '"a b"', 'a.b.c', 'é', 'mlflow.runName', "`it's`"),
      fc.constantFrom(' = ', '!=', ' LIKE ', ' ilike '),
      fc.constantFrom("'x'", '"x"', "''", "'it''s'", "'it\\'s'", '"it\'s"', "'a%_b'", "'a\nb'"),
    ),
    fc.tuple(
      fc.constantFrom('attributes.', 'attr.', 'run.', ''),
      fc.constantFrom('run_id', 'status', 'user_id', '`Run Name`', 'run_name', 'artifact_uri'),
      fc.constantFrom(' = ', '!=', ' LIKE ', ' ilike '),
      fc.constantFrom("'x'", '"x"', "''", "'it''s'", "'1'"),
    ),
    fc.tuple(
      fc.constantFrom('attributes.', 'dataset.', 'datasets.', ''),
      fc.constantFrom('run_id', 'name', 'context'),
      fc.constantFrom(' IN ', ' not in ', ' IN'),
      fc.constantFrom("('a')", "('a','b')", '( \'a\' , "b" )', "('a',)", "('a\\nb')", "('it''s')"),
    ),
  )
  .map((parts) => parts.join(''));
const comparison = fc.oneof(
  { weight: 15, arbitrary: fitting },
  { weight: 6, arbitrary: valued },
  { weight: 3, arbitrary: tight },
  { weight: 1, arbitrary: nullness },
);
const joint = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(' AND ', ' and ', '\nAND\n') },
  { weight: 1, arbitrary: fc.constantFrom(' AND AND ', '  ', ', ', '; ', ' XOR ', ' -- ') },
);
const filters = fc
  .tuple(
    fc.constantFrom('', '', '', '', 'AND ', ' '),
    fc.array(fc.tuple(comparison, joint), { maxLength: 2 }),
    comparison,
    fc.constantFrom('', '', '', '', ' AND', ' ', ';', ' x'),
  )
  .map(([start, more, last, end]) => start + more.flat().join('') + last + end);

const orders = fc
  .tuple(
    gap,
    entity,
    key,
    fc.constantFrom('', ' ', ' ASC', ' desc', ' DESC ', ' down', ' DESC x', ', a', '  asc'),
  )
  .map((parts) => parts.join(''));

/** What is taken here although MLflow refuses it, each with the reason. */
const WIDER: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['IN asks for any attribute of text, not for run_id alone', /\bin\b/i],
  ['names with / and - need no quotes', /\.a[/-]b/],
  ['a name may be a word of SQL', /\b(type|order|max|user_id|Created|digest|context|name)\b/],
  ['entities may stand in quotes of either kind', /`tags`/],
  ['spaces around an order do no harm', /^\s|\s$/],
  ['an order may use the other names of attributes', /Run Name|run name/],
  ['names may begin with a digit wherever they stand', /\.1a/],
];

/** Without an AND, MLflow takes what stands before for a part of the name that IS NULL is about. */
const isGarbled = (text: string): boolean => /\S {2}\S+.* is (not )?null/is.test(text);

const isWider = (text: string): boolean => WIDER.some(([, pattern]) => pattern.test(text));

interface Difference {
  readonly text: string;
  readonly theirs: Answer;
  readonly mine: Answer;
}

function differences(
  texts: readonly string[],
  theirs: readonly Answer[],
  read: (text: string) => Answer,
): readonly Difference[] {
  return texts.flatMap((text, at) => {
    const answer = theirs[at] ?? { error: 'no answer' };
    const mine = read(text);
    if (isGarbled(text)) return [];
    const isSame =
      'found' in answer
        ? 'found' in mine && JSON.stringify(answer.found) === JSON.stringify(mine.found)
        : 'error' in mine || isWider(text);
    return isSame ? [] : [{ text, theirs: answer, mine }];
  });
}

const seed = process.env.FULL === '1' ? undefined : 6;
const sample = (arbitrary: fc.Arbitrary<string>, numRuns: number) => [
  ...new Set(fc.sample(arbitrary, { numRuns, ...(seed === undefined ? {} : { seed }) })),
];

describe.each(Object.entries(vocabularies))('filters of %s', (kind, vocabulary) => {
  let texts: readonly string[];
  let theirs: readonly Answer[];

  beforeAll(async () => {
    texts = sample(filters, COUNT);
    theirs = await askMlflow('filter', kind, texts);
  });

  it('mean what MLflow makes of them, or are refused as MLflow does', () => {
    const accepted = theirs.filter((answer) => 'found' in answer);

    expect(accepted.length).toBeGreaterThan(COUNT / 20);
    expect(differences(texts, theirs, (text) => ourFilter(text, vocabulary))).toEqual([]);
  });
});

it('orders mean what MLflow makes of them', async () => {
  const texts = sample(orders, 1_500);

  const theirs = await askMlflow('order', 'runs', texts);

  expect(differences(texts, theirs, (text) => ourOrder(text, runVocabulary))).toEqual([]);
});
