import { describe, expect, it } from 'vitest';
import { engineDocument, TypeStructure } from '#domain/entrypoints/index.ts';

describe('the stored engine document', () => {
  it.each([
    '{"graph":{"a":{"f":[2.0,-0.0,1e400,12345678901234567890,0.1,7]}}}',
    '{"parameters":{"b":{"default":1.0},"a":{"default":1}}}',
  ])('goes out as it was rendered: %s', (config) => {
    expect(JSON.stringify(engineDocument({ config }))).toBe(config);
  });

  it('takes names for names, whatever they mean elsewhere', () => {
    const document = engineDocument({ config: '{"graph":{"__proto__":{"f":1}}}' });

    expect(Object.keys(document.graph)).toEqual(['__proto__']);
  });
});

describe('a type structure', () => {
  it.each([
    {},
    { is_a: 'number' },
    { list: { tuple: ['string', { mapping: ['string', 'number'] }] } },
    { mapping: { height: 'integer', name: { union: ['string', 'null'] } } },
  ])('may be %j', (structure) => {
    expect(TypeStructure.parse(structure)).toEqual(structure);
  });

  it.each([
    [['list']],
    ['string'],
    [{ is_a: { list: 'x' } }],
    [{ tuple: 'string' }],
    [{ nothing: 1 }],
  ])('may not be %j', (structure) => {
    expect(TypeStructure.safeParse(structure).success).toBe(false);
  });
});
