import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '#domain/abtests/metrics/index.ts';
import vectors from './fingerprints.json' with { type: 'json' };

interface Vector {
  readonly metric: { readonly [name: string]: unknown };
  readonly start_date: string | null;
  readonly stats_method: string;
  readonly exposure_criteria: { readonly [name: string]: unknown } | null;
  readonly only_count_matured_users: boolean;
  readonly excluded_variants: readonly string[] | null;
  readonly canonical_json: string;
  readonly sha256: string;
}

/** Milliseconds with a fraction, which `Date` would cut off. */
const millisecondsOf = (iso: string): number => {
  const [, micros = '0'] = /\.\d{3}(\d{3})/.exec(iso) ?? [];
  return Date.parse(iso) + Number(micros) / 1_000;
};

const of = (vector: Vector): string =>
  fingerprint(vector.metric, {
    startDate: vector.start_date === null ? null : millisecondsOf(vector.start_date),
    statsMethod: vector.stats_method,
    exposureCriteria: vector.exposure_criteria,
    onlyCountMaturedUsers: vector.only_count_matured_users,
    excludedVariants: vector.excluded_variants,
  });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const known = vectors as readonly Vector[];

describe('the fingerprint of a metric', () => {
  it.each(known.filter((vector) => !vector.canonical_json.includes('1.0')))(
    'is of $canonical_json',
    (vector) => {
      const found = of(vector);

      expect(found).toBe(vector.sha256);
    },
  );

  it('takes a whole number for a whole number, however it was written', () => {
    const [vector] = known.filter(({ canonical_json: json }) => json.includes('1.0'));
    if (vector === undefined) throw new Error('The vector is not there.');

    const found = of(vector);

    // JSON read in JavaScript does not tell 1.0 from 1.
    expect(found).toBe(sha256(vector.canonical_json.replace('1.0', '1')));
  });

  it.each([
    [0.95, '0.95'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [2.5e-100, '2.5e-100'],
    [1e21, '1000000000000000000000'],
    [-0.25, '-0.25'],
  ])('has the number %d as %s', (value, text) => {
    const found = fingerprint(
      { metric_type: 'mean', threshold: value },
      { startDate: null, statsMethod: 'bayesian', exposureCriteria: null },
    );

    expect(found).toBe(
      sha256(
        `{"metric":{"metric_type":"mean","threshold":${text}},"start_date":null,"stats_method":"bayesian"}`,
      ),
    );
  });

  it('is the same in any order of keys, and another with any other content', () => {
    const nothing = { startDate: null, statsMethod: 'bayesian', exposureCriteria: null };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (content) => {
        const reversed = Object.fromEntries(Object.entries(content).reverse());

        const [one, other, more] = [content, reversed, { ...content, source: { more: 1 } }].map(
          (source) => fingerprint({ source }, nothing),
        );

        expect(other).toBe(one);
        expect(more === one).toBe(JSON.stringify(content.source) === '{"more":1}');
      }),
    );
  });
});
