import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCredential, requireSameOrigin, sessionCookies } from '#http/credentials.ts';
import { AppError } from '#kernel/errors.ts';

const read = (headers: Readonly<Record<string, string>>) => readCredential(new Headers(headers));
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the credential of a request', () => {
  it.each([
    ['nothing', {}, { kind: 'none' }],
    ['an empty header', { authorization: '' }, { kind: 'none' }],
    ['cookies of others', { cookie: 'a=b; sessions=c' }, { kind: 'none' }],
    ['an empty cookie', { cookie: 'session=' }, { kind: 'none' }],
    ['the session', { cookie: 'a=b; session=t' }, { kind: 'session', token: 't' }],
    ['the other cookie', { cookie: 'dioptra_remember_token=t' }, { kind: 'session', token: 't' }],
    [
      'both, of which one may be a stranger',
      { cookie: 'session=x; dioptra_remember_token=t' },
      { kind: 'session', token: 't' },
    ],
    ['a value with =', { cookie: 'session=a=b=' }, { kind: 'session', token: 'a=b=' }],
    ['a huge cookie', { cookie: `session=${'x'.repeat(4_097)}` }, { kind: 'none' }],
    ['a token', { authorization: 'bEARER t' }, { kind: 'bearer', token: 't' }],
    [
      'a token before a cookie',
      { authorization: 'Bearer t', cookie: 'session=x' },
      { kind: 'bearer', token: 't' },
    ],
    [
      'a password with colons',
      { authorization: basic('anna:a:b:') },
      { kind: 'basic', username: 'anna', password: 'a:b:' },
    ],
    [
      'no password',
      { authorization: basic('anna:') },
      { kind: 'basic', username: 'anna', password: '' },
    ],
  ])('is read from %s', (_what, headers, credential) => {
    expect(read(headers)).toEqual(credential);
  });

  it.each([
    'Basic',
    'Bearer',
    'Bearer ',
    basic('without a colon'),
    basic(':no name'),
    'Digest a',
    'x',
    `Bearer ${'x'.repeat(4_096)}`,
  ])('is refused, not ignored, when it is malformed: %s', (authorization) => {
    // A cookie must not stand in for a header that is wrong.
    expect(() => read({ authorization, cookie: 'session=t' })).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    );
  });

  it('is read or refused, whatever comes', () => {
    const header = fc.string({ unit: fc.constantFrom(...'aA=;, :"\\%\t/+'), maxLength: 40 });
    fc.assert(
      fc.property(header, header, (authorization, cookie) => {
        try {
          expect(read({ authorization: `Basic ${authorization}`, cookie }).kind).toBe('basic');
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
        expect(['none', 'session']).toContain(read({ cookie }).kind);
      }),
    );
  });
});

describe('a request from a browser', () => {
  const request = (method: string, headers: Readonly<Record<string, string>>) =>
    new Request('http://assay.test:8080/x', { method, headers });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '' },
    { origin: 'http://evil.test' },
    { origin: 'http://assay.test' },
    { origin: 'http://assay.test:8080.evil.test' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://assay.test:8080', 'sec-fetch-site': 'cross-site' },
  ])('of another origin may read and not write: %j', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(() => requireSameOrigin(request(method, headers))).toThrow(
        expect.objectContaining({ code: 'forbidden', reason: 'cross_site' }),
      );
    }
    for (const method of ['GET', 'HEAD']) {
      expect(() => requireSameOrigin(request(method, headers))).not.toThrow();
    }
  });

  it.each([
    {},
    { origin: 'http://assay.test:8080' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://public.test', host: 'public.test' },
  ])('of its own origin may write: %j', (headers) => {
    expect(() => requireSameOrigin(request('POST', headers))).not.toThrow();
  });
});

it('makes cookies that scripts cannot read and other sites do not send', () => {
  const [session, remember] = sessionCookies(new Request('https://assay.test/'), 't', 60);

  expect(session).toBe('session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure');
  expect(remember).toBe(session?.replace('session', 'dioptra_remember_token'));
  expect(sessionCookies(new Request('http://assay.test/'), 't', 0)[0]).not.toContain('Secure');
});
