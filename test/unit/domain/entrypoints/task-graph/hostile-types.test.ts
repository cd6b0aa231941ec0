import { beforeAll, describe, expect, test } from 'vitest';
import {
  type EntrypointSource,
  graphLimits,
  type JsonValue,
  validateEntrypoint,
} from '#domain/entrypoints/task-graph/index.ts';
import { measure } from './measure.ts';

/** Tasks that give and take each of some types. */
const typedSource = (
  taskGraph: string,
  types: readonly (readonly [string, JsonValue])[] = [],
): EntrypointSource => {
  const functionTasks = ['any', 'string', ...types.map(([name]) => name)].flatMap((type) => [
    { name: `give_${type}`, inputParams: [], outputParams: [{ name: 'it', parameterType: type }] },
    {
      name: `take_${type}`,
      inputParams: [{ name: 'it', parameterType: type, required: true }],
      outputParams: [],
    },
  ]);
  return {
    taskGraph,
    artifactGraph: '',
    parameters: [],
    artifactParameters: [],
    plugins: [{ name: 'p', files: [{ filename: 'f.py', functionTasks }] }],
    types: new Map(types),
  };
};
const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** Two towers of unions: without memory, comparing their tops takes 2^n steps. */
const towers: readonly (readonly [string, JsonValue])[] = many(40, (n) =>
  ['a', 'b'].map((tower): readonly [string, JsonValue] => [
    `${tower}${n}`,
    { union: n === 0 ? [tower === 'a' ? 'string' : 'integer'] : [`a${n - 1}`, `b${n - 1}`] },
  ]),
).flat();
const products: readonly (readonly [string, JsonValue])[] = many(40, (n) => [
  `p${n}`,
  n === 0 ? null : { mapping: { l: `p${n - 1}`, r: { tuple: [`p${n - 1}`, `p${n - 1}`] } } },
]);
const chain: readonly (readonly [string, JsonValue])[] = many(2000, (n) => [
  `c${n}`,
  { union: n === 0 ? ['string'] : [`c${n - 1}`, 'null'] },
]);
const wide: readonly (readonly [string, JsonValue])[] = [
  ...many(600, (n): readonly [string, JsonValue] => [`s${n}`, null]),
  ['u', { union: many(300, (n) => `s${n}`) }],
  ['v', { union: many(300, (n) => `s${599 - n}`) }],
  ['vs', { list: 'v' }],
];
const aliases = (count: number) => many(count, (n) => `x${n}: {take_any: [1]}`).join(', ');

const refusedOnSave: readonly (readonly [string, EntrypointSource])[] = [
  [
    'towers of unions',
    typedSource('a: {give_a39: []}\nb: {take_p0: $a}', [...towers, ...products]),
  ],
  [
    'towers of products',
    typedSource('a: {give_p39: []}\nb: {take_p38: [{l: $a, r: [$a, $a]}]}', products),
  ],
  ['a long chain of unions', typedSource('a: {give_c1999: []}\nb: {take_string: $a}', chain)],
  ['wide unions', typedSource(`a: {give_u: []}\nb: {take_vs: [[${'$a, '.repeat(900)}]]}`, wide)],
  ['hundreds of choices', typedSource(`a: {"?S": {"?outputs": [], ${aliases(400)}}}`)],
  [
    'many swaps, each wrong',
    typedSource(
      many(
        64,
        (n) =>
          `s${n}: {"?S${n}": {"?outputs": [], x: {take_string: [1]}, y: {take_string: [[${'1, '.repeat(40)}]]}}}`,
      ).join('\n'),
    ),
  ],
  [
    'hundreds of wrong types',
    typedSource(many(600, (n) => `s${n}: {take_string: [1]}`).join('\n')),
  ],
];

// Warm, as a server is.
beforeAll(() => {
  validateEntrypoint(typedSource(many(300, (n) => `s${n}: {take_any: [1]}`).join('\n')));
});

describe('hostile types and swaps', () => {
  test.each(refusedOnSave)('%s: refused within 100 ms on a save', (_name, source) => {
    const milliseconds = measure(() => validateEntrypoint(source));

    const outcome = validateEntrypoint(source);
    expect(outcome.kind).toBe('invalid');
    expect(JSON.stringify(outcome).length).toBeLessThan(1_000_000);
    expect(milliseconds).toBeLessThan(100);
  });

  test('as many choices as are allowed are checked within 100 ms', () => {
    const steps = many(60, (n) => `s${n}: {give_any: []}`).join('\n');
    const source = typedSource(
      `${steps}\na: {"?S": {"?outputs": [], ${aliases(graphLimits.choices)}}}`,
    );

    const milliseconds = measure(() => validateEntrypoint(source));

    expect(validateEntrypoint(source).kind).toBe('valid');
    expect(milliseconds).toBeLessThan(100);
  });
});
