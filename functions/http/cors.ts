import { Hono } from 'hono';

/** How long browsers need not ask again. */
const MAX_AGE_SECONDS = 86_400;

const ANY_SITE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-request-id, retry-after',
};

function preflight(request: Request): Response {
  const wanted = request.headers.get('access-control-request-headers');
  const headers = new Headers({
    ...ANY_SITE,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-max-age': String(MAX_AGE_SECONDS),
    vary: 'access-control-request-headers',
  });
  if (wanted !== null) headers.set('access-control-allow-headers', wanted);
  return new Response(null, { status: 204, headers });
}

/**
 * An application that pages of all sites may call. Browsers are never told that they may send cookies along,
 * so that whoever calls is who the call itself says.
 */
export const forAllSites = (app: Hono): Hono =>
  new Hono().all('*', async (c) => {
    if (c.req.method === 'OPTIONS') return preflight(c.req.raw);
    const response = await app.fetch(c.req.raw);
    for (const [name, value] of Object.entries(ANY_SITE)) response.headers.set(name, value);
    return response;
  });
