import type { ScryptOptions } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import {
  dummyVerify,
  hashPassword,
  needsRehash,
  verifyPassword,
} from '#domain/identity/password.ts';

const cheap = { logN: 4 };

/** The real scrypt, with a record of what ran and how much of it at once. */
const calls = vi.hoisted(() => ({ started: [] as string[], running: 0, most: 0 }));

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  const scrypt = (
    password: string,
    salt: Buffer,
    length: number,
    options: ScryptOptions,
    done: (error: Error | null, key: Buffer) => void,
  ): void => {
    calls.started.push(password);
    calls.running += 1;
    calls.most = Math.max(calls.most, calls.running);
    crypto.scrypt(password, salt, length, options, (error, key) => {
      calls.running -= 1;
      done(error, key);
    });
  };
  return { ...crypto, scrypt };
});

describe('passwords', () => {
  it('are recognised, and no other is', async () => {
    const stored = await hashPassword('correct horse', cheap);

    expect(await verifyPassword('correct horse', stored)).toBe(true);
    expect(await verifyPassword('correct horse ', stored)).toBe(false);
    expect(await verifyPassword('Correct horse', stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('are salted: one password has many hashes, none of which shows it', async () => {
    const [first, second] = await Promise.all([
      hashPassword('same', cheap),
      hashPassword('same', cheap),
    ]);

    expect(first).not.toBe(second);
    expect(first).not.toContain('same');
    expect(await verifyPassword('same', first)).toBe(true);
    expect(await verifyPassword('same', second)).toBe(true);
  });

  it('are the same however their accents were composed, NUL included', async () => {
    const stored = await hashPassword('Cafe\u0301\0x', cheap);

    expect(await verifyPassword('Caf\u00e9\0x', stored)).toBe(true);
    expect(await verifyPassword('Caf\u00e9', stored)).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['1,025 characters', '😀'.repeat(1025)],
    ['unpaired surrogate', 'a\ud800'],
  ])('are refused: %s', async (_, password) => {
    await expect(hashPassword(password, cheap)).rejects.toMatchObject({
      code: 'invalid',
      reason: 'password',
    });
    expect(await verifyPassword(password, await hashPassword('x', cheap))).toBe(false);
  });

  it('may have 1,024 characters of four bytes, and the last one counts', async () => {
    const longest = '😀'.repeat(1024);
    const stored = await hashPassword(longest, cheap);

    expect(await verifyPassword(longest, stored)).toBe(true);
    expect(await verifyPassword('😀'.repeat(1023), stored)).toBe(false);
  });

  it('keep their parameters in the stored string, at full cost by default', async () => {
    const stored = await hashPassword('full cost');

    expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword('full cost', stored)).toBe(true);
    expect(needsRehash(stored)).toBe(false);
  });

  it('are to be hashed anew when the cost was lower or the string is unknown', async () => {
    const stored = await hashPassword('x', cheap);

    expect(needsRehash(stored)).toBe(true);
    expect(needsRehash(stored, cheap)).toBe(false);
    expect(needsRehash('plain')).toBe(true);
  });

  it.each([
    '',
    'x',
    '$2b$12$abc',
    '$scrypt$ln=63,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=4,r=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=4,r=8,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('match no stored string that cannot be read or costs too much: %j', async (stored) => {
    expect(await verifyPassword('x', stored)).toBe(false);
  });

  it('take about as long for an unknown user', async () => {
    const cost = { logN: 15 };
    const stored = await hashPassword('x', cost);
    const timed = async (run: () => Promise<boolean>): Promise<number> => {
      const started = performance.now();
      expect(await run()).toBe(false);
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      known.push(await timed(() => verifyPassword('wrong', stored)));
      unknown.push(await timed(() => dummyVerify('wrong', cost)));
    }

    // The quickest of five runs each: the rest is other work on the machine.
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('are hashed two at a time in order, and a flood is turned away', async () => {
    calls.started = [];
    calls.most = 0;
    const names = Array.from({ length: 70 }, (_, i) => `password ${i}`);

    const results = await Promise.allSettled(names.map((name) => hashPassword(name, cheap)));

    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]?.reason).toMatchObject({ code: 'unavailable', retryAfter: 1 });
    expect(calls.most).toBe(2);
    expect(calls.started).toEqual(names.slice(0, 66));
    expect(await verifyPassword('x', await hashPassword('x', cheap))).toBe(true);
  });
});
