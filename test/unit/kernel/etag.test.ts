import { describe, expect, it } from 'vitest';
import { isKnown, parsePrecondition, parseTags } from '#kernel/entity-tags.ts';
import { etagOf, isSameVersion, withBeside } from '#kernel/etag.ts';

const malformed = expect.objectContaining({ code: 'invalid', reason: 'malformed_header' });
const failed = expect.objectContaining({ code: 'precondition_failed' });

describe('entity tags', () => {
  it('are made of the parts of a version, in quotes', () => {
    expect(etagOf(7, 3)).toBe('"7.3"');
    expect(etagOf('a')).toBe('"a"');
  });

  it.each([
    ['*', '*'],
    [' * ', '*'],
    ['"a"', ['"a"']],
    ['""', ['""']],
    ['"a,b" , W/"c"', ['"a,b"', 'W/"c"']],
  ])('are read from %j', (text, tags) => {
    expect(parseTags('If-Match', text)).toEqual(tags);
  });

  it.each(['', 'a', '"a', 'w/"a"', '"a""b"', '"a",', ',"a"', '"a b"', '"\u0000"', '*,*'])(
    'are not in %j',
    (text) => {
      expect(() => parseTags('If-Match', text)).toThrow(malformed);
      expect(() => parsePrecondition(text, true)).toThrow(malformed);
    },
  );

  it('are read from long hostile headers at once', () => {
    const before = performance.now();
    expect(() => parseTags('If-Match', `${'"a" ,\t'.repeat(5_000)}x`)).toThrow(malformed);
    expect(performance.now() - before).toBeLessThan(200);
  });

  it('are known whether they are weak or not', () => {
    expect(isKnown(['W/"a"'], '"a"')).toBe(true);
    expect(isKnown('*', '"a"')).toBe(true);
    expect(isKnown(['"b"'], '"a"')).toBe(false);
  });
});

describe('what a version shows beside', () => {
  it('is in the tag once there is some', () => {
    expect([withBeside('"7.3"', 0), withBeside('"7.3"', 2)]).toEqual(['"7.3"', '"7.3+2"']);
  });

  it.each([
    ['"7.3"', '"7.3+2"', true],
    ['"7.3+1"', '"7.3+2"', true],
    ['"7.3+1"', '"7.4+1"', false],
    ['"7.3+1@9"', '"7.3"', false],
    ['"7.3+"', '"7.3"', false],
    ['"7.3+1+1"', '"7.3"', false],
    ['W/"7.3+1"', '"7.3+1"', false],
  ])('keeps %s and %s one version: %s', (one, other, isSame) => {
    expect(isSameVersion(one, other)).toBe(isSame);
    expect(isKnown([one], other)).toBe(one.replace('W/', '') === other);
  });
});

describe('a precondition', () => {
  it('holds for one of the versions that there are, and for the newest answer only', () => {
    const precondition = parsePrecondition('"a", "b"', true);
    expect(() => precondition.requireHeld()).toThrow(failed);

    precondition.require('"x"', '"b"');
    precondition.requireHeld();

    expect(() => precondition.require('"c"')).toThrow(failed);
    expect(() => precondition.requireHeld()).toThrow(failed);
  });

  it('"*" holds where there is anything', () => {
    const precondition = parsePrecondition('*', false);
    expect(() => precondition.requireHeld()).toThrow(failed);

    precondition.require('"a"');
    precondition.requireHeld();

    expect(() => precondition.require()).toThrow(failed);
  });

  it('"*" holds for what is there, if it has a version or not', () => {
    expect(() => parsePrecondition('*', true).requireHeld()).not.toThrow();
    expect(() => parsePrecondition('"a"', true).requireHeld()).toThrow(failed);
  });

  it('never holds for a weak tag', () => {
    expect(() => parsePrecondition('W/"a"', true).require('"a"')).toThrow(failed);
  });
});
