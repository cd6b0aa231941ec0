import { decodeBody, parseJson } from '#domain/events/index.ts';
import { readChunks } from '#http/body.ts';
import type { Input } from '#http/dialect.ts';
import type { Route } from '#http/route.ts';
import { type AppError, tooManyBytes } from '#kernel/errors.ts';
import { invalidInput } from '../errors.ts';

/** Of a body, as it comes and once it is inflated. */
const MAX_BYTES = 1024 * 1024;

const tooLarge = (): AppError => tooManyBytes(`A body has at most ${MAX_BYTES} bytes.`);

/** Everything after the question mark; of what is there several times the last. */
export const queryOf = (request: Request): { readonly [name: string]: string } => {
  const query: { [name: string]: string } = Object.create(null);
  for (const [name, value] of new URL(request.url).searchParams) query[name] = value;
  return query;
};

/** The JSON that a client sent in any of its ways: plain, in gzip, in base64, as a form or in the address. */
export async function readPublicBody(request: Request): Promise<unknown> {
  const { headers } = request;
  const bytes = await readChunks(request, MAX_BYTES, tooLarge);
  const decoded = decodeBody({
    bytes,
    encoding: headers.get('content-encoding') ?? undefined,
    type: headers.get('content-type') ?? undefined,
    query: queryOf(request),
  });
  if (decoded.length > MAX_BYTES) throw tooLarge();
  return parseJson(decoded);
}

/** What comes in, checked against the schemas of its route. Throws `invalid`. */
export async function readPublicInput(route: Route, request: Request): Promise<Input> {
  const query = route.query?.safeParse(queryOf(request));
  if (query?.success === false) throw invalidInput('query', query.error.issues);
  const sent = route.body === undefined ? undefined : await readPublicBody(request);
  const body = route.body?.safeParse(sent, { reportInput: true });
  if (body?.success === false) throw invalidInput('body', body.error.issues);
  return { query: query?.data, body: body?.data };
}
