const HEADERS = { allow: 'GET, PATCH, PUT', 'cache-control': 'no-store' };

/** The answer to a `DELETE` of what is deleted by a change of its `deleted` only. */
export const notDeleted = async (): Promise<Response> =>
  new Response(null, { status: 405, headers: HEADERS });
