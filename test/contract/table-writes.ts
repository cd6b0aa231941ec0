import { describe, expect } from 'vitest';
import {
  all,
  any,
  type Changes,
  type Condition,
  check,
  compare,
  exists,
  type Item,
  itemExists,
  itemMissing,
  missing,
  not,
  oneOf,
  put,
  remove,
  update,
} from '#kernel/table.ts';
import { uniqueName } from './suite.ts';
import type { TableTests } from './table.suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const sample = { n: 5, text: 'b', flag: true, nothing: null, list: [1], name: 'reserved' };

// Each condition with its truth on an item with the attributes of `sample`.
const truths: readonly (readonly [string, Condition, boolean])[] = [
  ['exists', exists('n'), true],
  ['exists of null', exists('nothing'), true],
  ['exists of an absent one', exists('absent'), false],
  ['exists of a name of the prototype', exists('constructor'), false],
  ['missing', missing('absent'), true],
  ['missing of a present one', missing('flag'), false],
  ['equal number', compare('n', '=', 5), true],
  ['equal number of another type', compare('n', '=', '5'), false],
  ['equal boolean', compare('flag', '=', true), true],
  ['equal null', compare('nothing', '=', null), true],
  ['absent is not null', compare('absent', '=', null), false],
  ['unequal', compare('n', '<>', 5), false],
  ['unequal to another type', compare('n', '<>', 'five'), true],
  ['unequal when absent', compare('absent', '<>', 1), true],
  ['less', compare('n', '<', 6), true],
  ['less or equal at the bound', compare('n', '<=', 5), true],
  ['less at the bound', compare('n', '<', 5), false],
  ['greater', compare('n', '>', 4.5), true],
  ['greater or equal', compare('n', '>=', 5.5), false],
  ['less when absent', compare('absent', '<', 9), false],
  ['greater or equal of another type', compare('text', '>=', 0), false],
  ['less of another type', compare('text', '<', 9), false],
  ['text in order', compare('text', '<', 'c'), true],
  ['text of other case', compare('text', '>', 'B'), true],
  ['a reserved word', compare('name', '=', 'reserved'), true],
  ['in', oneOf('n', [1, '5', 5]), true],
  ['in without it', oneOf('n', [1, '5']), false],
  ['in when absent', oneOf('absent', [1]), false],
  ['all', all(exists('n'), exists('text')), true],
  ['all with a false one', all(exists('n'), exists('absent')), false],
  ['any', any(exists('absent'), exists('n')), true],
  ['any without a true one', any(exists('absent'), missing('n')), false],
  ['not', not(exists('n')), false],
  ['nested', not(all(any(missing('n'), compare('n', '>', 4)), not(exists('absent')))), false],
  ['all of one', all(all(exists('n'))), true],
  ['any of one', any(any(any(compare('n', '=', 6)))), false],
  ['one of one, in a list', all(any(oneOf('n', [5]))), true],
  ['not of one', not(all(not(exists('n')))), true],
  ['one that names an attribute twice', all(compare('n', '>', 1), compare('n', '<', 9)), true],
];

const outcomeTests = ({ table, test }: TableTests): void => {
  for (const [title, condition, truth] of truths) {
    test(`judges: ${title}`, async () => {
      const item: Item = { pk: uniqueName('judge'), sk: '1', ...sample };
      await table().write(put(item));

      const outcome = await table().write(update(item, { set: { seen: 1 } }, condition));

      const after = { ...item, seen: 1 };
      expect(outcome).toStrictEqual(truth ? { ok: true, item: after } : { ok: false, item });
      expect(await table().get(item)).toStrictEqual(truth ? after : item);
    });
  }

  test('orders text by UTF-8 bytes, not by UTF-16 units', async () => {
    const item: Item = { pk: uniqueName('order'), sk: '1', text: '\uffee' };
    await table().write(put(item));

    const below = await table().write(remove(item, compare('text', '>', '\u{1f600}')));
    const above = await table().write(remove(item, compare('text', '<', '\u{1f600}')));

    expect([below.ok, above.ok]).toEqual([false, true]);
  });
};

export const conditionTests = (tests: TableTests): void => {
  const { table, test } = tests;
  describe('conditions', () => {
    outcomeTests(tests);

    test('puts a new item once, and answers a refusal with the item that is there', async () => {
      const first: Item = { pk: uniqueName('once'), sk: '1', by: 'first' };

      const outcomes = [
        await table().write(put(first, itemMissing)),
        await table().write(put({ ...first, by: 'second' }, itemMissing)),
      ];

      expect(outcomes).toStrictEqual([{ ok: true }, { ok: false, item: first }]);
      expect(await table().get(first)).toStrictEqual(first);
    });

    test('refuses without an item where there is none', async () => {
      const key = { pk: uniqueName('none'), sk: '1' };

      const outcomes = [
        await table().write(put({ ...key, x: 1 }, itemExists)),
        await table().write(remove(key, itemExists)),
        await table().write(update(key, { set: { x: 1 } }, compare('x', '=', 1))),
      ];

      expect(outcomes).toStrictEqual([{ ok: false }, { ok: false }, { ok: false }]);
      expect(await table().get(key)).toBeUndefined();
    });

    test('replaces the whole item with a put', async () => {
      const key = { pk: uniqueName('replace'), sk: '1' };

      await table().write(put({ ...key, a: 1, gsi1pk: 'x', gsi1sk: 'y' }));
      await table().write(put({ ...key, b: 2 }));

      expect(await table().get(key)).toStrictEqual({ ...key, b: 2 });
    });

    test('deletes, also what is not there', async () => {
      const item: Item = { pk: uniqueName('delete'), sk: '1' };
      await table().write(put(item));

      const outcomes = [await table().write(remove(item)), await table().write(remove(item))];

      expect(outcomes).toStrictEqual([{ ok: true }, { ok: true }]);
      expect(await table().get(item)).toBeUndefined();
    });

    test('lets exactly one of 50 parallel conditional puts succeed', async () => {
      const key = { pk: uniqueName('race'), sk: '1' };

      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, by) => table().write(put({ ...key, by }, itemMissing))),
      );

      const winner = outcomes.findIndex((outcome) => outcome.ok);
      const losers = outcomes.filter((outcome) => !outcome.ok);
      expect(losers).toHaveLength(49);
      expect(losers[0]).toStrictEqual({ ok: false, item: { ...key, by: winner } });
      expect((await table().get(key))?.by).toBe(winner);
    });

    test('takes a check only in transactions', async () => {
      const lone = check({ pk: 'a', sk: 'b' }, itemMissing);

      await expect(table().write(lone)).rejects.toEqual(refusedAs('invalid'));
    });
  });
};

const changeTests = ({ table, test }: TableTests): void => {
  const before = { n: 1, list: ['a'], map: { deep: 1 }, text: 'old' };
  const cases: readonly (readonly [string, Changes, { readonly [name: string]: unknown }])[] = [
    ['sets', { set: { text: 'new', size: { x: [] } } }, { text: 'new', size: { x: [] } }],
    ['leaves undefined out of a set', { set: { text: undefined, n: 2 } }, { n: 2 }],
    ['sets what is absent only', { setIfAbsent: { n: 9, fresh: 9 } }, { fresh: 9 }],
    ['adds', { add: { n: -3, count: 2.5 } }, { n: -2, count: 2.5 }],
    ['appends', { append: { list: ['b', 1], log: [null] } }, { list: ['a', 'b', 1], log: [null] }],
    ['appends nothing', { append: { list: [], log: [] } }, { log: [] }],
    ['removes', { remove: ['n', 'absent'] }, { n: undefined }],
    [
      'does all of it at once',
      {
        set: { text: 't' },
        setIfAbsent: { s: 1 },
        add: { n: 1 },
        append: { list: [2] },
        remove: ['map'],
      },
      { text: 't', s: 1, n: 2, list: ['a', 2], map: undefined },
    ],
  ];
  for (const [title, changes, expected] of cases) {
    test(`update ${title}`, async () => {
      const key = { pk: uniqueName('change'), sk: '1' };
      await table().write(put({ ...key, ...before }));

      const outcome = await table().write(update(key, changes));

      const after = { ...key, ...before, ...expected };
      expect(outcome).toEqual({ ok: true, item: after });
      expect(await table().get(key)).toEqual(after);
    });
  }

  const refused: readonly (readonly [string, Changes])[] = [
    ['to add to text', { add: { text: 1 } }],
    ['to append to a number', { append: { n: ['x'] } }],
    ['to change an attribute twice', { set: { n: 1 }, add: { n: 1 } }],
    ['to change the key', { set: { sk: '2' } }],
    ['an index key that is empty', { set: { gsi1pk: '', gsi1sk: 'x' } }],
  ];
  for (const [title, changes] of refused) {
    test(`update refuses ${title}`, async () => {
      const item: Item = { pk: uniqueName('bad-change'), sk: '1', ...before };
      await table().write(put(item));

      await expect(table().write(update(item, changes))).rejects.toEqual(refusedAs('invalid'));
      expect(await table().get(item)).toStrictEqual(item);
    });
  }
};

export const updateTests = (tests: TableTests): void => {
  const { table, test } = tests;
  describe('updates', () => {
    changeTests(tests);

    test('update creates the item when it is absent', async () => {
      const key = { pk: uniqueName('create'), sk: '1' };

      const outcome = await table().write(update(key, { add: { n: 1 }, append: { log: ['x'] } }));

      expect(outcome).toStrictEqual({ ok: true, item: { ...key, n: 1, log: ['x'] } });
    });

    test('update without changes creates the bare item', async () => {
      const key = { pk: uniqueName('bare'), sk: '1' };

      expect(await table().write(update(key, {}))).toStrictEqual({ ok: true, item: key });
      expect(await table().get(key)).toStrictEqual(key);
    });

    test('update loses none of 50 parallel additions and appends', async () => {
      const key = { pk: uniqueName('count'), sk: '1' };

      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, by) =>
          table().write(update(key, { add: { n: 1 }, append: { list: [by] } })),
        ),
      );

      const seen = outcomes.map((outcome) => outcome.item?.n).sort((a, b) => Number(a) - Number(b));
      const after = await table().get(key);
      expect(seen).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
      expect(after?.n).toBe(50);
      expect(new Set(after?.list as number[]).size).toBe(50);
    });
  });
};
