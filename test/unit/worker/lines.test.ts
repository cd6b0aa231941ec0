import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineSplitter } from '#worker/lines.ts';

const feedAll = (chunks: readonly string[], max: number, secrets: readonly string[] = []) => {
  const splitter = lineSplitter({ max, secrets });
  return [...chunks.flatMap((chunk) => splitter.feed(chunk)), ...splitter.end()];
};

describe('lineSplitter', () => {
  it('finds the same lines however the text arrives', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', '\u{1F600}'));
    fc.assert(
      fc.property(text, fc.array(fc.nat(20)), (parts, cuts) => {
        const whole = parts.join('');
        const at = [...new Set(cuts)].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, index) => whole.slice(from, at[index] ?? undefined));
        expect(chunks.join('')).toBe(whole);

        expect(feedAll(chunks, 1_000)).toEqual(feedAll([whole], 1_000));
      }),
    );
  });

  it('ends lines at every kind of line end', () => {
    expect(feedAll(['a\nb\r\nc\rd', '\r', '\ne\r'], 100)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('shows no secret, wherever the chunks and the pieces are cut', () => {
    const secret = 'sesame-123';
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: 1, max: 40 }),
        (before, after, size) => {
          const text = `${'x'.repeat(before)}${secret}${'y'.repeat(after)}\n`;
          const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

          const lines = feedAll(chunks, 16, [secret]);

          expect(lines.join('')).toBe(`${'x'.repeat(before)}***${'y'.repeat(after)}`);
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(16);
        },
      ),
    );
  });
});
