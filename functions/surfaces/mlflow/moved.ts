/** A redirect that keeps the method, and the body with it. */
export const moved = (url: string): Response =>
  new Response(null, { status: 307, headers: { location: url, 'cache-control': 'no-store' } });
