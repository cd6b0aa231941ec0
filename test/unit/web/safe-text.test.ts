import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  markedParts,
  textParts,
  visible,
} from '../../../functions/web/app/pages/jobs/safe-text.ts';

const ESC = '\u001b';
const shown = (line: string): string =>
  textParts(line)
    .map(({ text }) => text)
    .join('');
const looks = (line: string) => textParts(line).map(({ text, look }) => [text, look]);

describe('colours', () => {
  test('become classes, and end with their reset', () => {
    expect(looks(`a ${ESC}[32mgreen${ESC}[0m b`)).toEqual([
      ['a ', ''],
      ['green', 'ansi-green'],
      [' b', ''],
    ]);
    expect(looks(`${ESC}[1;31mbold${ESC}[22m red${ESC}[39m plain`)).toEqual([
      ['bold', 'ansi-red ansi-bold'],
      [' red', 'ansi-red'],
      [' plain', ''],
    ]);
    expect(looks(`${ESC}[94mbright${ESC}[m.`)).toEqual([
      ['bright', 'ansi-blue'],
      ['.', ''],
    ]);
  });

  test('of the 256 the first sixteen are shown; parameters of others are no codes of their own', () => {
    expect(looks(`${ESC}[38;5;9mx`)).toEqual([['x', 'ansi-red']]);
    expect(looks(`${ESC}[38;5;196mx`)).toEqual([['x', '']]);
    expect(looks(`${ESC}[38;2;1;31;4mx`)).toEqual([['x', '']]);
    expect(looks(`${ESC}[48;5;1;4mx`)).toEqual([['x', 'ansi-underline']]);
  });
});

describe('what is no colour', () => {
  test('leaves nothing behind: movements, titles, links, erasing', () => {
    expect(
      shown(`${ESC}[2K${ESC}[1Aa${ESC}]0;title\u0007b${ESC}]8;;http://x${ESC}\\c${ESC}(Bd`),
    ).toBe('abcd');
    expect(shown(`\u009b31mx`)).toBe('x');
  });

  test('an unfinished sequence swallows no text', () => {
    expect(shown(`${ESC}]0;never ended\nnext line`)).toBe('\nnext line');
    expect(shown(`end${ESC}`)).toBe('end');
  });

  test('controls, marks of direction and blanks without width are made visible, as signs', () => {
    expect(textParts('a\u0000b')).toEqual([
      { text: 'a', look: '', isSign: false },
      { text: '␀', look: '', isSign: true },
      { text: 'b', look: '', isSign: false },
    ]);
    expect(shown('evil\u202egnp.exe')).toBe('evil‹U+202E›gnp.exe');
    expect(shown('pass\u200bword\ufeff\u{e0041}\u2066')).toBe(
      'pass‹U+200B›word‹U+FEFF›‹U+E0041›‹U+2066›',
    );
    expect(shown('50%\r100%')).toBe('50%␍100%');
    expect(shown('tabs\tand\nlines, ü, 日本, 👩')).toBe('tabs\tand\nlines, ü, 日本, 👩');
  });

  test('whatever comes, no control and no mark of direction is left', async () => {
    const piece = fc.oneof(
      fc
        .array(fc.nat(0x10ffff), { maxLength: 20 })
        .map((points) => String.fromCodePoint(...points)),
      fc.constantFrom(
        `${ESC}[`,
        `${ESC}]`,
        `${ESC}`,
        '31m',
        ';',
        '\u202e',
        '\u2069',
        '\r',
        '\u009b',
      ),
    );
    const property = fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = shown(pieces.join(''));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Cf}/u);
      expect(visible(pieces.join(''))).toBe(text);
    });
    await fc.assert(property);
  });

  test('a long line takes linear time', () => {
    const started = performance.now();
    textParts(`${ESC}[`.repeat(100_000));
    textParts(`${ESC}]`.repeat(100_000));
    textParts('\u202e'.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('what is looked for', () => {
  const marked = (line: string, wanted: string) =>
    markedParts(textParts(line), wanted).map(({ text, isMarked }) =>
      isMarked ? `[${text}]` : text,
    );

  test('is marked wherever it is, in any case', () => {
    expect(marked('Loss 0.1, loss 0.2', 'loss')).toEqual(['[Loss]', ' 0.1, ', '[loss]', ' 0.2']);
    expect(marked('aaaa', 'aa')).toEqual(['[aa]', '[aa]']);
    expect(marked('nothing', 'x')).toEqual(['nothing']);
    expect(marked('all', '')).toEqual(['all']);
  });

  test('keeps the colours', () => {
    const parts = markedParts(textParts(`${ESC}[31mred loss`), 'loss');
    expect(parts.map(({ look }) => look)).toEqual(['ansi-red', 'ansi-red']);
  });
});

describe('a line that would be taken apart letter by letter', () => {
  test.each([
    ['signs', 'a\u200b'.repeat(4_000)],
    ['colours', `${ESC}[31ma${ESC}[32mb`.repeat(700)],
  ])('becomes few parts, and loses nothing: %s', (_, line) => {
    expect(textParts(line).length).toBeLessThan(1_000);
    expect(shown(line)).toBe(visible(line));
  });

  test('has few marks', () => {
    const parts = markedParts(textParts('a'.repeat(8_000)), 'a');
    expect(parts.length).toBeLessThan(1_000);
    expect(parts.map(({ text }) => text).join('')).toBe('a'.repeat(8_000));
  });
});
