import { isKnown, parseTags } from '#kernel/entity-tags.ts';

const tags = new WeakMap<object, string>();

/** Says which version an answer shows; it goes out as the header ETag. */
export function tagged<T extends object>(answer: T, tag: string): T {
  tags.set(answer, tag);
  return answer;
}

/** The version that an answer shows, if it is the answer of one thing. */
export const tagOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null ? tags.get(answer) : undefined;

/** Whether whoever asks has this version already. Throws `invalid` (`malformed_header`). */
function isUnchanged(request: Request, tag: string): boolean {
  const header = request.headers.get('if-none-match');
  if (header === null || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  return isKnown(parseTags('If-None-Match', header), tag);
}

/** A response with the version that it shows: 304 without its body where the caller has that version. */
export function withTag(response: Response, tag: string, request: Request): Response {
  response.headers.set('etag', tag);
  if (!isUnchanged(request, tag)) return response;
  const headers = new Headers(response.headers);
  headers.delete('content-type');
  return new Response(null, { status: 304, headers });
}
