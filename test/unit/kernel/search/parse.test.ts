import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel/errors.ts';
import { matches, type SearchRecord } from '#kernel/search/matches.ts';
import { MAX_SEARCH_LENGTH, parseSearch } from '#kernel/search/parse.ts';

const fields = ['name', 'description', 'tag'];

const finds = (search: string, record: SearchRecord): boolean =>
  matches(parseSearch(search, { fields }).terms, record);

const refusal = (search: string): AppError => {
  try {
    parseSearch(search, { fields });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`accepted: ${search}`);
};

describe('what a search finds', () => {
  it.each([
    ['name:q1', 'q1', true],
    ['name:q1', 'q12', false],
    ['name:q1', 'xq1', false],
    ['name:Q1', 'q1', true],
    ['name:queue*', 'queue-7', true],
    ['name:queue*', 'a queue', false],
    ['name:*queue', 'a queue', true],
    ['name:trial_??', 'trial_12', true],
    ['name:trial_??', 'trial_1', false],
    ['name:trial_??', 'trialX12', false],
    ['name:50\\*', '50*', true],
    ['name:50\\*', '500', false],
    ['name:"a: b, c"', 'a: b, c', true],
    ['name:\'say "hi"\'', 'say "hi"', true],
    ['name:"say \\"hi\\""', 'say "hi"', true],
    ['name:"a*c"', 'abc', true],
    ['name:a\\:b\\,c', 'a:b,c', true],
    ['name:a\\nb', 'a\nb', true],
    ['name:a-b', 'a-b', true],
    ['name:a-b', 'a b', false],
    ['name:-1.5', '-1.5', true],
    ['name:100%', 'never', undefined],
    ['name:"100%"', '100%', true],
    ['name:"100%"', '1000', false],
    ['name:a_c', 'abc', false],
    ['name: q1', 'q1', true],
    ['name:größe', 'GRÖSSE', false],
    ['name:GRÖ*', 'größe', true],
  ])('%s against %j: %s', (search, name, expected) => {
    if (expected === undefined) expect(() => finds(search, { name })).toThrow(AppError);
    else expect(finds(search, { name })).toBe(expected);
  });

  it('reads a bare value as its words, in order, anywhere in any field', () => {
    const record = { name: 'x', description: 'the quick brown fox', tag: ['cv', 'mnist'] };

    expect(finds('quick fox', record)).toBe(true);
    expect(finds('QUICK', record)).toBe(true);
    expect(finds('uick brow', record)).toBe(true);
    expect(finds('fox quick', record)).toBe(false);
    expect(finds('mni', record)).toBe(true);
    expect(finds('"quick fox"', record)).toBe(false);
    expect(finds('"quick brown"', record)).toBe(true);
    expect(finds('quick?brown', record)).toBe(true);
    expect(finds('cv mnist', record)).toBe(false);
  });

  it('joins terms by AND and takes any tag of the list', () => {
    const record = { name: 'net', description: 'an mnist run', tag: ['cv', 'baseline'] };

    expect(finds('description:*mnist*,tag:cv', record)).toBe(true);
    expect(finds(' description:*mnist* , tag:base* ', record)).toBe(true);
    expect(finds('description:*mnist*,tag:nlp', record)).toBe(false);
    expect(finds('tag:cv,tag:baseline', record)).toBe(true);
  });

  it('finds everything for an empty search and nothing in an absent field', () => {
    expect(parseSearch('', { fields })).toEqual({ ok: true, terms: [] });
    expect(parseSearch('  ', { fields }).terms).toEqual([]);
    expect(finds('', {})).toBe(true);
    expect(finds('name:*', {})).toBe(false);
    expect(finds('tag:*', { tag: [] })).toBe(false);
    expect(finds('name:*', { name: '' })).toBe(true);
  });

  it('reads only fields of the record itself', () => {
    const { terms } = parseSearch('constructor:*', { fields: ['constructor'] });

    expect(matches(terms, {})).toBe(false);
  });
});

describe('what does not parse', () => {
  it.each([
    ['field with several words', 'name:search all', 12],
    ['wrong assignment', 'bad=assignment', 3],
    ['dash in a field name', 'bad-name:x', 8],
    ['digit in a field name', 'a1:x', 2],
    ['wrong separator', 'name:a|tag:b', 6],
    ['open quote', 'name:"abc', 5],
    ['text behind a quote', 'name:"abc"d', 10],
    ['unknown escape', 'a\\q', 1],
    ['backslash at the end', 'a\\', 1],
    ['no value', 'name:', 5],
    ['empty quotes', 'name:""', 5],
    ['comma first', ',a', 0],
    ['comma last', 'a,', 2],
    ['two commas', 'a,,b', 2],
    ['NUL', 'a\0b', 1],
    ['raw line end in quotes', '"a\nb"', 2],
    ['direction override', 'a\u202eb', 1],
  ])('%s', (_, search, position) => {
    const error = refusal(search);

    expect(error).toMatchObject({ code: 'unprocessable', reason: 'search_parse' });
    expect(error.detail).toEqual({ query: search, reason: expect.any(String), position });
    expect(String(error.detail.reason)).toContain(`(at character ${position + 1})`);
  });

  it('names an unknown field', () => {
    expect(refusal('name:a,owner:b').detail).toEqual({
      query: 'owner',
      reason: "'owner' is not a valid field",
      position: 7,
    });
    expect(refusal('__proto__:b').detail.query).toBe('__proto__');
  });

  it('refuses one character too many, and repeats only the start of it', () => {
    const longest = 'a'.repeat(MAX_SEARCH_LENGTH);

    expect(parseSearch(longest, { fields }).terms).toHaveLength(1);
    expect(refusal(`${longest}a`).detail.query).toHaveLength(200);
  });

  it('refuses unpaired surrogates and answers with well-formed text', () => {
    const error = refusal(`name:"\ud800"`);

    expect(String(error.detail.query).isWellFormed()).toBe(true);
  });

  it('bounds the text beside a question mark', () => {
    expect(parseSearch(`name:*${'a'.repeat(255)}?*`, { fields }).terms).toHaveLength(1);
    expect(refusal(`name:*${'a'.repeat(256)}?*`).reason).toBe('search_parse');
    expect(refusal(`name:*${'a'.repeat(200)}?*,name:*${'b'.repeat(99)}?*`).detail).toMatchObject({
      position: 209,
    });
  });

  it('bounds the number of terms', () => {
    const terms = (count: number) => Array.from({ length: count }, () => 'a').join(',');

    expect(parseSearch(terms(32), { fields }).terms).toHaveLength(32);
    expect(refusal(terms(33)).detail).toMatchObject({ position: 64 });
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...'aB1_-., :*?\\\'"n\0\n%[(é😀', 'name:', 'tag:"', '\ud800'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  );
  const anySearch = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));

  it('parses or is refused with an AppError, 100,000 times in at most 1 ms each', () => {
    const record = { name: 'aaaa baba a_b', description: `${'ab'.repeat(500)}n`, tag: ['a', 'ab'] };
    let found = 0;
    let refused = 0;
    const samples = fc.sample(anySearch, { numRuns: 100_000, seed: 36 });

    const started = performance.now();
    for (const search of samples) {
      try {
        found += finds(search, record) ? 1 : 0;
      } catch (error) {
        if (!(error instanceof AppError) || error.reason !== 'search_parse') throw error;
        refused += 1;
      }
    }

    expect((performance.now() - started) / samples.length).toBeLessThan(1);
    // Both ways must be taken, or the fuzz would prove nothing.
    expect(found).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(1000);
  });

  it('quoted and escaped, finds exactly itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (name) => {
        fc.pre(!/\p{Cc}/u.test(name));
        const quoted = name.replaceAll(/[\\?*"]/g, '\\$&');

        expect(finds(`name:"${quoted}"`, { name })).toBe(true);
        expect(finds(`name:"${quoted}"`, { name: `${name}x` })).toBe(false);
        expect(finds(`"${quoted}"`, { description: `<${name}>` })).toBe(true);
      }),
    );
  });

  it('takes linear time in the worst case of length', () => {
    const worst = [
      '*a'.repeat(2000),
      `"${'?'.repeat(250)}"`,
      '\\*'.repeat(2048),
      'a '.repeat(2048),
    ];
    const description = 'a'.repeat(100_000);

    const started = performance.now();
    for (const search of worst) finds(search, { description });
    finds(`description:${'*a'.repeat(2000)}*b`, { description });
    finds(`description:*${'a'.repeat(250)}?b*`, { description });
    finds(`description:*b${'a'.repeat(4000)}*`, { description });

    expect(performance.now() - started).toBeLessThan(2000);
  });
});
