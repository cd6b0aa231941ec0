import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type EntrypointSource,
  graphLimits,
  parseArtifactGraph,
  parseGraph,
  validateEntrypoint,
} from '#domain/entrypoints/task-graph/index.ts';
import { measure } from './measure.ts';

const size = graphLimits.text - 20;
const fill = (part: string): string => part.repeat(Math.floor(size / part.length));
const letters = [...'abcdefghijklmnopqrstuvwxyz'];

const bomb = letters
  .map((name, place) => {
    const before = letters[place - 1];
    return `${name}: &${name} [${Array(9)
      .fill(before ? `*${before}` : 'lol')
      .join(', ')}]`;
  })
  .join('\n');

const refused: readonly (readonly [string, string])[] = [
  ['aliases of aliases', bomb],
  [
    'one long text, many times',
    `s: &s {t: "${'x'.repeat(9e4)}"}\n${Array.from({ length: 500 }, (_, n) => `s${n}: *s`).join('\n')}`,
  ],
  ['a list inside itself', 'a: {log: &x [*x]}'],
  ['a map inside itself', 'a: &x {log: {k: *x}}'],
  ['10,000 lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['10,000 maps', `${'{a: '.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['10,000 block lists', `${'- '.repeat(10_000)}x`],
  ['10,000 explicit keys', '? '.repeat(10_000)],
  [
    'deep by indentation',
    Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  ],
  [
    'deep by aliases',
    `a0: &a0 [x]\n${Array.from({ length: 150 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`).join('\n')}`,
  ],
  ['1 MB', `a: {log: "${'x'.repeat(1 << 20)}"}`],
  ['many steps', Array.from({ length: 9000 }, (_, n) => `s${n}: {noop: []}`).join('\n')],
  ['many keys twice', fill('a: 1\n')],
  ['only errors', fill(']')],
  ['no commas', `[${fill('"a" ')}]`],
  ['only quotes', fill('"')],
  ['only commas', `{${fill(',')}}`],
  ['only colons', fill(':\n')],
  ['only comments', `${fill('#\n')}`],
  ['only directives', fill('%a\n')],
  ['only documents', fill('---\n')],
  ['only tags', `[${fill('!x a,')}]`],
  ['only anchors', fill('- &a a\n')],
  ['only block headers', fill('|1\n')],
  ['a long number', `a: {log: ${'9'.repeat(size - 10)}}`],
  ['a long time of day', `a: {log: ${'1:'.repeat(size / 2 - 10)}1}`],
  [
    'merged again and again',
    `a: &a {${Array.from({ length: 900 }, (_, n) => `k${n}: 1`).join(', ')}}\n${Array.from({ length: 400 }, (_, n) => `b${n}: {<<: *a}`).join('\n')}`,
  ],
  ['unopened code', 'a: {log: !!js/function "function () {}"}'],
  ['python code', 'a: {log: !!python/object/apply:os.system ["true"]}'],
];

const entrypoint = (taskGraph: string): EntrypointSource => ({
  taskGraph,
  artifactGraph: '',
  parameters: [],
  artifactParameters: [],
  plugins: [],
  types: new Map(),
});

beforeAll(() => {
  parseGraph(Array.from({ length: 300 }, (_, n) => `s${n}: {noop: []}`).join('\n'));
});

describe('hostile YAML', () => {
  test.each(refused)('%s: refused within 100 ms', (_name, text) => {
    const milliseconds = measure(() => parseGraph(text));

    const parsed = parseGraph(text);
    expect(parsed).toMatchObject({ ok: false, issue: { message: expect.any(String) } });
    expect(parseArtifactGraph(text).ok).toBe(false);
    expect(milliseconds).toBeLessThan(100);
  });

  test.each(refused)('%s: takes little memory', (_name, text) => {
    const before = process.memoryUsage().rss;

    parseGraph(text);

    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  test.each(refused)('%s: a save refuses it within 100 ms', (_name, text) => {
    const milliseconds = measure(() => validateEntrypoint(entrypoint(text)));

    expect(validateEntrypoint(entrypoint(text)).kind).not.toBe('valid');
    expect(milliseconds).toBeLessThan(100);
  });

  test('no text makes the parser throw', () => {
    const pieces = [
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '!!str ',
      '? ',
    ];
    const more = [
      '<<',
      '|',
      '>',
      '#',
      '%',
      '@',
      '$x',
      '0x',
      '1:2',
      '---',
      '...',
      '\t',
      '\\',
      'task',
      '?S',
      'null',
    ];
    const text = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 40 });

    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (yaml) => {
          expect(typeof parseGraph(yaml).ok).toBe('boolean');
          expect(typeof parseArtifactGraph(yaml).ok).toBe('boolean');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a large graph of an honest author is taken', () => {
    const steps = Array.from(
      { length: 500 },
      (_, n) => `step${n}:\n  load:\n    path: $path\n    size: ${n}\n`,
    );

    expect(parseGraph(steps.join(''))).toMatchObject({ ok: true });
  });

  test('nesting up to the limit is taken', () => {
    const nested = (depth: number) => `a: {log: ${'['.repeat(depth)}${']'.repeat(depth)}}`;

    expect(parseGraph(nested(graphLimits.depth - 10)).ok).toBe(true);
    expect(parseGraph(nested(graphLimits.depth)).ok).toBe(false);
  });
});
