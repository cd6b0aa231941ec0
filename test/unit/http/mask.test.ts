import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMask, parseMask } from '#http/mask.ts';
import { AppError } from '#kernel/errors.ts';

/** As JSON text, since the order of the keys counts. */
const masked = (mask: string, value: unknown): string => {
  const parsed = parseMask(mask);
  return JSON.stringify(parsed === undefined ? value : applyMask(parsed, value));
};

const row = { id: 1, name: 'a', user: { id: 2, username: 'u' }, tags: [{ id: 3, name: 't' }] };

describe('field masks', () => {
  it.each([
    ['name,id', '{"name":"a","id":1}'],
    ['{name,id}', '{"name":"a","id":1}'],
    [' { name ;; id } ', '{"name":"a","id":1}'],
    ['{id,}', '{"id":1}'],
    ['zzz', '{"zzz":null}'],
    [
      '{zzz,*}',
      '{"zzz":null,"id":1,"name":"a","user":{"id":2,"username":"u"},"tags":[{"id":3,"name":"t"}]}',
    ],
    [
      '{tags,*,name}',
      '{"tags":[{"id":3,"name":"t"}],"name":"a","id":1,"user":{"id":2,"username":"u"}}',
    ],
    ['user{username}', '{"user":{"username":"u"}}'],
    ['user{username,zzz},id', '{"user":{"username":"u","zzz":null},"id":1}'],
    ['tags{name}', '{"tags":[{"name":"t"}]}'],
    ['zzz{a{b}}', '{"zzz":null}'],
    ['name{x}', '{"name":"a"}'],
    ['{}', '{}'],
    ['user{id},user', '{"user":{"id":2,"username":"u"}}'],
    ['constructor,toString', '{"constructor":null,"toString":null}'],
  ])('%s', (mask, expected) => {
    expect(masked(mask, row)).toBe(expected);
  });

  it('apply to each element of a list, and leave null as it is', () => {
    expect(masked('id', [{ id: 1, x: 2 }, [{ id: 3 }], null])).toBe('[{"id":1},[{"id":3}],null]');
    expect(masked('data{id}', { data: [{ id: 1, x: 2 }], total: 1 })).toBe('{"data":[{"id":1}]}');
    expect(masked('user{id}', { user: null })).toBe('{"user":null}');
    expect(masked('id', null)).toBe('null');
  });

  it('mask nothing when blank', () => {
    expect(parseMask('')).toBeUndefined();
    expect(parseMask(' \n ')).toBeUndefined();
  });

  it('treat __proto__ as a field like any other', () => {
    const value = JSON.parse('{"__proto__":{"x":1},"id":1}');

    expect(masked('__proto__{x}', value)).toBe('{"__proto__":{"x":1}}');
    expect(masked('__proto__', { id: 1 })).toBe('{"__proto__":null}');
    expect(masked('*', value)).toBe('{"__proto__":{"x":1},"id":1}');
  });

  it.each([
    ['{id', 'Missing closing bracket'],
    ['{', 'Missing closing bracket'],
    ['user{id', 'Missing closing bracket'],
    ['{id}x', 'Missing closing bracket'],
    ['{user{id}', 'Missing closing bracket'],
    ['id}', 'Unexpected closing bracket'],
    ['{a},{b}', 'Unexpected closing bracket'],
    ['{{id}}', 'Unexpected opening bracket'],
    ['a{b}{c}', 'Unexpected opening bracket'],
    ['a,{b}', 'Unexpected opening bracket'],
    [',a', 'Unexpected comma'],
    ['a,,b', 'Unexpected comma'],
    ['a{,b}', 'Unexpected comma'],
  ])('%s: %s', (mask, problem) => {
    expect(() => parseMask(mask)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        reason: 'mask_parse',
        message: `Mask parse error: ${problem}`,
      }),
    );
  });

  it('are bounded in length, depth and number of fields', () => {
    const deep = (levels: number) => `${'a{'.repeat(levels)}a${'}'.repeat(levels)}`;
    const wide = (fields: number) => Array.from({ length: fields }, (_, i) => `f${i}`).join(',');

    expect(parseMask(deep(32))).toBeDefined();
    expect(() => parseMask(deep(33))).toThrow('levels');
    expect(parseMask(wide(256))?.size).toBe(256);
    expect(() => parseMask(wide(257))).toThrow('fields');
    expect(parseMask('a'.repeat(4096))?.size).toBe(1);
    expect(() => parseMask('a'.repeat(4097))).toThrow('characters');
  });

  it('survive lists nested as deep as JSON allows', () => {
    const nested: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

    expect(() => applyMask(new Map([['id', true]]), nested)).not.toThrow();
  });

  const name = fc.stringMatching(/^[a-z_][a-z0-9_:-]{0,5}$/);
  const json = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }));

  it('show exactly the named fields in the named order', () => {
    fc.assert(
      fc.property(json, fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), (value, names) => {
        const mask = parseMask(names.join(','));

        const result = applyMask(mask ?? new Map(), value);

        const expected = names.map((key) => [key, Object.hasOwn(value, key) ? value[key] : null]);
        expect(Object.entries(result ?? {})).toEqual(expected);
      }),
    );
  });

  it('with only a star change nothing, and applied twice act once', () => {
    const masks = fc.constantFrom('a,b{c,*},*', '{x{y{z}},*}', 'a{*},b', '*');
    fc.assert(
      fc.property(json, masks, (value, text) => {
        expect(masked('*', value)).toBe(JSON.stringify(value));
        const once = masked(text, value);
        expect(masked(text, JSON.parse(once))).toBe(once);
      }),
    );
  });

  it('parse or are refused with an AppError, whatever the text', () => {
    let refused = 0;
    const token = fc.constantFrom('a', 'b', '*', '{', '}', ',', ' ', '\n', '!', '\ud800', 'é');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        try {
          masked(tokens.join(''), [row]);
        } catch (error) {
          if (!(error instanceof AppError) || error.reason !== 'mask_parse') throw error;
          refused += 1;
        }
      }),
      { numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
