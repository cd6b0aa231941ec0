import { AppError, forbidden } from '#kernel/errors.ts';

/** What a request shows to say who it is. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** Either of them alone is enough; both are set at login, as Dioptra does. */
export const SESSION_COOKIES = ['session', 'dioptra_remember_token'] as const;

/** Longest header that is looked at: longer ones are no credential of ours. */
const MAX_CREDENTIAL_LENGTH = 4_096;

function parseBasic(encoded: string): Credential {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw new AppError('unauthenticated', 'The Basic credentials are malformed.');
  return { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

/** The credential of a request: the Authorization header wins over cookies. Throws `unauthenticated` when it is malformed. */
export function readCredential(headers: Headers): Credential {
  const authorization = headers.get('authorization');
  if (authorization !== null && authorization !== '') {
    const [scheme = '', value = ''] = authorization.split(' ', 2);
    if (authorization.length <= MAX_CREDENTIAL_LENGTH && value !== '') {
      if (scheme.toLowerCase() === 'basic') return parseBasic(value);
      if (scheme.toLowerCase() === 'bearer') return { kind: 'bearer', token: value };
    }
    throw new AppError('unauthenticated', 'The Authorization header is not understood.');
  }
  const token = readSession(headers);
  return token === undefined ? { kind: 'none' } : { kind: 'session', token };
}

/** The token in the session cookies. */
export function readSession(headers: Headers): string | undefined {
  const cookies = headers.get('cookie');
  if (cookies === null) return undefined;
  // `session` may be of another program on another port of this host: the other name goes first.
  for (const name of SESSION_COOKIES.toReversed()) {
    const token = cookieValue(cookies, name);
    if (token !== undefined && token !== '' && token.length <= MAX_CREDENTIAL_LENGTH) {
      return token;
    }
  }
  return undefined;
}

/** Refuses a write that a browser sends with our cookie from another site. */
export function requireSameOrigin(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw forbidden('Requests from other sites are not allowed.', 'cross_site');
  }
  const origin = request.headers.get('origin');
  if (origin === null) return;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (!URL.canParse(origin) || new URL(origin).host !== host) {
    throw forbidden('Requests from other origins are not allowed.', 'cross_site');
  }
}

/** Attributes of the session cookies; `Secure` wherever the request came by HTTPS. */
export function sessionCookies(request: Request, token: string, maxAgeSeconds: number): string[] {
  const scheme = request.headers.get('x-forwarded-proto') ?? new URL(request.url).protocol;
  const secure = scheme.startsWith('https') ? '; Secure' : '';
  return SESSION_COOKIES.map(
    (name) => `${name}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`,
  );
}
