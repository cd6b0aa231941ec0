/** What every answer of a page says, be it the page itself or one of its files. */
export const SAFE: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

export const FOR_EVER = 'public, max-age=31536000, immutable';

/** What a page may do beyond loading scripts and styles of its own origin, and asking that. */
export interface Allowed {
  readonly 'img-src': readonly string[];
  readonly 'connect-src'?: readonly string[];
  readonly 'font-src'?: readonly string[];
  readonly 'form-action': readonly string[];
}

/** No inline script, no inline style, no `eval`; it stands in no frame. */
export function pageHeaders(allowed: Allowed): Readonly<Record<string, string>> {
  const policy: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
    ...allowed,
  };
  return {
    ...SAFE,
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => [directive, ...sources].join(' '))
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}
