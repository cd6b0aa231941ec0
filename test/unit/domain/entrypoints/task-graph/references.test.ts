import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  missingGlobalParameters,
  parseExpression,
  parseGraph,
  referencedParameters,
  referencesIn,
} from '#domain/entrypoints/task-graph/index.ts';

const word = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const reference = fc
  .tuple(word, fc.option(word))
  .map(([root, output]) => (output === null ? root : `${root}.${output}`));

/** A nested argument and the references that were put into it, in order. */
type Planted = { readonly value: unknown; readonly references: readonly string[] };
const { planted } = fc.letrec<{ planted: Planted }>((tie) => ({
  planted: fc.oneof(
    { maxDepth: 4 },
    reference.map((text) => ({ value: `$${text}`, references: [text] })),
    fc
      .oneof(
        word,
        word.map((w) => `$$${w}`),
        fc.integer(),
        fc.boolean(),
        fc.constant('$'),
        fc.constant(null),
      )
      .map((value) => ({ value, references: [] })),
    fc.array(tie('planted'), { maxLength: 4 }).map((items) => ({
      value: items.map((item) => item.value),
      references: items.flatMap((item) => item.references),
    })),
    fc
      .uniqueArray(fc.tuple(word, tie('planted')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => ({
        value: Object.fromEntries(entries.map(([key, item]) => [key, item.value])),
        references: entries.flatMap(([, item]) => item.references),
      })),
  ),
}));

describe('references', () => {
  test.each([
    ['$a', { kind: 'reference', text: 'a', root: 'a', output: null }],
    ['$a.b', { kind: 'reference', text: 'a.b', root: 'a', output: 'b' }],
    ['$a.b.c', { kind: 'reference', text: 'a.b.c', root: 'a', output: 'b.c' }],
    ['$.b', { kind: 'reference', text: '.b', root: '', output: 'b' }],
    ['$', { kind: 'literal', type: 'string', value: '$' }],
    ['$$', { kind: 'literal', type: 'string', value: '$' }],
    ['$$a', { kind: 'literal', type: 'string', value: '$a' }],
    ['$$$a', { kind: 'literal', type: 'string', value: '$$a' }],
    ['a$b', { kind: 'literal', type: 'string', value: 'a$b' }],
  ])('%s', (text, expected) => {
    expect(parseExpression(text)).toEqual(expected);
  });

  test('all are found, at any depth, in the order in which they were written', () => {
    fc.assert(
      fc.property(planted, ({ value, references }) => {
        const expression = parseExpression(value as never);

        expect([...referencesIn(expression)].map((found) => found.text)).toEqual(references);
      }),
    );
  });

  test('survive YAML', () => {
    fc.assert(
      fc.property(planted, ({ value, references }) => {
        const parsed = parseGraph(`step: ${JSON.stringify({ task: 't', args: [value] })}`);

        const roots = references.map((text) => text.split('.')[0] ?? '');
        const outside = new Set(roots.filter((root) => root !== 'step'));
        expect(parsed.ok && referencedParameters(parsed.graph)).toEqual(outside);
      }),
    );
  });
});

describe('parameters of a graph', () => {
  test('are the references that no step answers', () => {
    const parsed = parseGraph(
      'a: {t: [$p, $b.x]}\nb: {t: {k: [$q.y, {z: $p}]}, dependencies: [a]}',
    );
    if (!parsed.ok) throw new Error(parsed.issue.message);

    expect([...referencedParameters(parsed.graph)]).toEqual(['p', 'q']);
    expect(missingGlobalParameters(parsed.graph, ['q'])).toEqual(['p']);
    expect(missingGlobalParameters(parsed.graph, ['p', 'q', 'r'])).toEqual([]);
  });

  test('are found in every choice of a swap', () => {
    const parsed = parseGraph('a: {"?S": {"?outputs": [], x: {t: $p}, y: {t: {k: $q}}}}');

    expect(parsed.ok && [...referencedParameters(parsed.graph)]).toEqual(['p', 'q']);
  });
});
