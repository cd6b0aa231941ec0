import { describe, expect, it } from 'vitest';
import { remembering, rememberingOf } from '#kernel/remembering.ts';

describe('what was made of texts lately', () => {
  const counting = (characters: number) => {
    const made: string[] = [];
    const of = remembering((text) => {
      made.push(text);
      return { text };
    }, characters);
    return { of, made };
  };

  it('is made once', () => {
    const { of, made } = counting(100);

    expect(of('a')).toBe(of('a'));
    expect(of('b')).toEqual({ text: 'b' });
    expect(made).toEqual(['a', 'b']);
  });

  it('is forgotten when so many others came after it', () => {
    const { of, made } = counting(10);

    for (const text of ['old', 'abcd', 'efgh', 'ijkl', 'mnop', 'qrst']) of(text);
    of('old');

    expect(made.filter((text) => text === 'old')).toHaveLength(2);
  });

  it('stays while it is asked for', () => {
    const { of, made } = counting(10);

    for (let at = 0; at < 50; at += 1) {
      of('kept');
      of(`t${at}`);
    }

    expect(made.filter((text) => text === 'kept')).toHaveLength(1);
  });
});

it('what was made of an object is made once', () => {
  let made = 0;
  const of = rememberingOf((key: { readonly n: number }) => {
    made += 1;
    return key.n * 2;
  });
  const key = { n: 4 };

  expect([of(key), of(key), of({ n: 4 })]).toEqual([8, 8, 8]);
  expect(made).toBe(2);
});
