/** Values that calls are made of: mostly good ones, and some of each kind of bad. */
import fc from 'fast-check';
import { type Kind, PREFIX, symbol } from './call.ts';

/** One of the good in most cases, else one of the bad. */
export const mostly = <T, U>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 19, arbitrary: good }, { weight: 1, arbitrary: bad });

export const oneOf = <const T extends readonly unknown[]>(...values: T): fc.Arbitrary<T[number]> =>
  fc.constantFrom(...values);

/** A thing that was made, or in rare cases none. */
export const made = (kind: Kind): fc.Arbitrary<string> =>
  fc.nat({ max: 5 }).map((n) => symbol(kind, n));

export const experiment = mostly(made('experiment'), oneOf('987654321', ''));
export const run = mostly(
  made('run'),
  oneOf('0123456789abcdef0123456789abcdef', '', 'no such run', '../x'),
);

export const key = mostly(
  oneOf('a', 'b', 'loss', 'a/b', 'a b', 'a.b-c_d:e', 'k'.repeat(250)),
  oneOf('', 'k'.repeat(251), 'a//b', '../x', '/a', 'a/', '.', 'a,b', "it's", 'ü'),
);
export const text = mostly(
  oneOf('', 'x', 'y', 'two words', 'ü', '%_', "it's", '0.5', 'x'.repeat(500)),
  oneOf('x'.repeat(6_001), 'x'.repeat(8_001)),
);
export const double = mostly(
  oneOf(0, 1, -1.5, 0.1, 1e300, -0, 5e-324, 9_007_199_254_740_992, 'NaN', 'Infinity', '-Infinity'),
  oneOf('x', '', true, [], {}),
);
export const int64 = mostly(
  oneOf(0, 1, 2, 5, -1, '3', '9223372036854775807', '-9223372036854775808'),
  oneOf('9223372036854775808', 'x', 1.5, true, []),
);
export const time = mostly(oneOf(0, 1_000, 2_000, '3000', 1_700_000_000_000), oneOf(-1, 'x', 1.5));

/** Short enough that nothing is cut. */
export const shortText = oneOf('', 'x', 'y', 'two words', 'ü', '%_', "it's", '0.5');

export const tag = fc.record({ key, value: text });
export const tags = fc.uniqueArray(tag, { maxLength: 3, selector: (row) => row.key });
export const newTags = fc.uniqueArray(fc.record({ key, value: shortText }), {
  maxLength: 3,
  selector: (row) => row.key,
});

/** Names of a sequence of its own, so that few of them clash with others. */
export const name = mostly(
  oneOf('one', 'two', 'Three', 'four %', '5_', 'ü').map((end) => `${PREFIX} ${end}`),
  oneOf('', `${PREFIX}${'n'.repeat(500)}`, 5, `${PREFIX}/a`, `${PREFIX}:b`),
);
export const viewType = mostly(
  oneOf('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'),
  oneOf('NONE', 1, 7, ''),
);
export const pageSize = mostly(oneOf(1, 2, 5, 100), oneOf(0, -1, 50_001, 'x', 1.5));
export const token = oneOf('x', 'not a token', '%%%');

/** The record with some of its fields left out. */
export const some = <T extends object>(
  model: {
    readonly [name in keyof T]: fc.Arbitrary<T[name]>;
  },
): fc.Arbitrary<Partial<T>> => fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

/** The record, in rare cases without some of its fields. */
export const required = <T extends object>(
  model: {
    readonly [name in keyof T]: fc.Arbitrary<T[name]>;
  },
): fc.Arbitrary<Partial<T>> =>
  fc.oneof(
    { weight: 19, arbitrary: fc.record(model) as fc.Arbitrary<Partial<T>> },
    { weight: 1, arbitrary: some<T>(model) },
  );
