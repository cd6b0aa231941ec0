import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CURSOR_LENGTH, openCursor, signCursor } from '#kernel/cursor.ts';
import { AppError } from '#kernel/errors.ts';

const secret = new Uint8Array(32).fill(7);
const bound = JSON.stringify(['group-1', 'runs', 'metrics.acc > 0.5']);

const isRefused = (open: () => unknown): boolean => {
  try {
    open();
    return false;
  } catch (error) {
    if (error instanceof AppError) return error.reason === 'invalid_cursor';
    throw error;
  }
};

describe('page tokens', () => {
  it('give back what was signed', () => {
    const payload = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(payload, fc.string({ unit: 'binary' }), (value, place) => {
        const sent = JSON.parse(JSON.stringify(value));

        expect(openCursor(secret, place, signCursor(secret, place, value))).toEqual(sent);
      }),
    );
  });

  it('are refused after any flipped bit of any character', () => {
    const token = signCursor(secret, bound, { key: 'RUN#42', n: 1 });
    for (let i = 0; i < token.length; i += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const char = String.fromCharCode(token.charCodeAt(i) ^ (1 << bit));
        const forged = token.slice(0, i) + char + token.slice(i + 1);

        expect(
          isRefused(() => openCursor(secret, bound, forged)),
          forged,
        ).toBe(true);
      }
    }
  });

  it('are refused for another group, query or secret, whole or cut', () => {
    const token = signCursor(secret, bound, { key: 'RUN#42' });
    const otherBound = JSON.stringify(['group-2', 'runs', 'metrics.acc > 0.5']);

    expect(isRefused(() => openCursor(secret, otherBound, token))).toBe(true);
    expect(isRefused(() => openCursor(secret, '', token))).toBe(true);
    expect(isRefused(() => openCursor(new Uint8Array(32), bound, token))).toBe(true);
    expect(isRefused(() => openCursor(secret, bound, token.slice(0, -2)))).toBe(true);
    expect(isRefused(() => openCursor(secret, bound, `${token}=`))).toBe(true);
    expect(isRefused(() => openCursor(secret, bound, ` ${token}`))).toBe(true);
    expect(isRefused(() => openCursor(secret, '\ud800', signCursor(secret, '\udc00', {})))).toBe(
      true,
    );
  });

  it('are refused when they are anything else', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String());
    fc.assert(fc.property(anything, (text) => isRefused(() => openCursor(secret, bound, text))));
    expect(isRefused(() => openCursor(secret, bound, 'A'.repeat(MAX_CURSOR_LENGTH + 4)))).toBe(
      true,
    );
  });

  it('are not made too large to be read, nor under a weak secret', () => {
    const longest = signCursor(secret, bound, { key: 'x'.repeat(3040) });

    expect(openCursor(secret, bound, longest)).toEqual({ key: 'x'.repeat(3040) });
    expect(() => signCursor(secret, bound, { key: 'x'.repeat(3080) })).toThrow(AppError);
    expect(() => signCursor(new Uint8Array(8), bound, {})).toThrow(AppError);
  });
});
