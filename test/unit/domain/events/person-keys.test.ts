import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personKeys } from '#domain/events/person-keys.ts';
import { type Merge, mergeOf, standsForNobody } from '#domain/events/persons.ts';
import '../../../support/property-seed.ts';

const merge = (
  seconds: number,
  kind: Merge['kind'],
  distinct_id: string,
  other: string,
): Merge => ({
  uuid: `${kind}${seconds}`,
  kind,
  distinct_id,
  other,
  received: new Date(seconds * 1000).toISOString(),
});

describe('keys of persons', () => {
  it.each<[string, readonly Merge[], Record<string, string>]>([
    ['of nobody', [], {}],
    ['of one who was nobody before', [merge(1, 'identify', 'u', 'a')], { u: 'a' }],
    [
      'of one with three devices: the id that was seen first',
      [
        merge(2, 'identify', 'u', 'b'),
        merge(1, 'identify', 'u', 'z'),
        merge(3, 'identify', 'u', 'a'),
      ],
      { z: 'u', b: 'u', a: 'u' },
    ],
    [
      'of two who use one device after each other',
      [merge(1, 'identify', 'u1', 'a'), merge(2, 'identify', 'u2', 'a')],
      { u1: 'a' },
    ],
    [
      'of two whom an alias cannot make one',
      [
        merge(1, 'identify', 'u1', 'a1'),
        merge(2, 'identify', 'u2', 'a2'),
        merge(3, 'alias', 'u1', 'u2'),
      ],
      { u1: 'a1', u2: 'a2' },
    ],
    [
      'of two whom force makes one',
      [
        merge(1, 'identify', 'u1', 'a1'),
        merge(2, 'identify', 'u2', 'a2'),
        merge(3, 'forced', 'u2', 'u1'),
      ],
      { u1: 'a1', u2: 'a1', a2: 'a1' },
    ],
  ])('%s', (_, merges, expected) => {
    expect(Object.fromEntries(personKeys(merges))).toEqual(expected);
  });

  const anyMerge = fc
    .record({
      seconds: fc.nat(20),
      kind: fc.constantFrom('identify', 'alias', 'forced'),
      one: fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__'),
      other: fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__'),
    })
    .map(({ seconds, kind, one, other }) => merge(seconds, kind as Merge['kind'], one, other));
  const merges = fc.array(anyMerge, { maxLength: 15 });

  it('do not depend on the order in which merges come, nor on how often', () => {
    const shuffled = merges.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        expect(personKeys(again)).toEqual(personKeys(all));
      }),
    );
  });

  it('name an id that has itself for its key', () => {
    fc.assert(
      fc.property(merges, (all) => {
        const keys = personKeys(all);
        for (const key of keys.values()) expect(keys.get(key) ?? key).toBe(key);
      }),
    );
  });

  it('without anybody known are those of connected ids: nobody else becomes one', () => {
    fc.assert(
      fc.property(merges, (all) => {
        const forced = all.map((each): Merge => ({ ...each, kind: 'forced' }));
        const keys = personKeys(forced);
        for (const { distinct_id: one, other } of forced) {
          expect(keys.get(one) ?? one).toBe(keys.get(other) ?? other);
        }
        const linked = new Set(forced.flatMap(({ distinct_id, other }) => [distinct_id, other]));
        for (const id of keys.keys()) expect(linked).toContain(id);
      }),
    );
  });

  it('of a long chain take no deep stack', () => {
    const chain = Array.from({ length: 100_000 }, (_, n) =>
      merge(n, 'forced', `p${n + 1}`, `p${n}`),
    );

    expect(new Set(personKeys(chain).values())).toEqual(new Set(['p0']));
  });
});

describe('what events say of persons', () => {
  const said = { uuid: 'x', event: '$identify', distinct_id: 'u', received: 't', properties: {} };

  it.each<[string, Record<string, unknown>, Partial<Merge> | undefined]>([
    ['$identify', { $anon_distinct_id: 'a' }, { kind: 'identify', other: 'a' }],
    ['$create_alias', { alias: 'a' }, { kind: 'alias', other: 'a' }],
    ['$merge_dangerously', { alias: 5 }, { kind: 'forced', other: '5' }],
    ['$identify', {}, undefined],
    ['$identify', { $anon_distinct_id: 'u' }, undefined],
    ['$identify', { $anon_distinct_id: 'Anonymous' }, undefined],
    ['$identify', { $anon_distinct_id: 'x'.repeat(201) }, undefined],
    ['$create_alias', { alias: { a: 1 } }, undefined],
    ['bought', { alias: 'a' }, undefined],
    ['constructor', { alias: 'a' }, undefined],
  ])('%s %j', (event, properties, expected) => {
    const merged = mergeOf({ ...said, event, properties });

    if (expected === undefined) expect(merged).toBeUndefined();
    else expect(merged).toMatchObject({ distinct_id: 'u', ...expected });
  });

  it.each([
    ['guest', true],
    ['GUEST', true],
    ['"guest"', true],
    [' ', true],
    ['NaN', true],
    ['nan', false],
    ["'0'", true],
    ['00', false],
    ['guest1', false],
  ])('%j stands for nobody: %s', (id, expected) => {
    expect(standsForNobody(id)).toBe(expected);
  });
});
