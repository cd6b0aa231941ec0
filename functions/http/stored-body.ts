import { createHash } from 'node:crypto';

/** A body that is made once and sent often, compressed. */
export interface StoredBody {
  readonly type: string;
  /** Names what is in it, for `If-None-Match`. */
  readonly tag: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** The same, smaller, where there was time to make it so. */
  readonly brotli?: Uint8Array<ArrayBuffer>;
}

/** What names a content, as an entity tag. */
export const tagOf = (content: string | Uint8Array): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** A text as a stored body. */
export async function storedText(text: string, type: string): Promise<StoredBody> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return {
    type,
    tag: tagOf(text),
    gzip: new Uint8Array(await new Response(packed).arrayBuffer()),
  };
}

/** A coding and how much it is wanted: 0 is not at all. What is malformed is left out. */
const CODING = /^\s*([\w*-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;

/** How much whoever asks wants a coding. */
function wishesOf({ headers }: Request): (coding: string) => number {
  const wishes = new Map<string, number>();
  for (const part of (headers.get('accept-encoding') ?? '').split(',')) {
    const [, coding, weight = '1'] = CODING.exec(part) ?? [];
    if (coding !== undefined) wishes.set(coding.toLowerCase(), Number(weight));
  }
  return (coding) => wishes.get(coding) ?? wishes.get('*') ?? 0;
}

interface Sent {
  readonly coding?: string;
  readonly bytes: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What is wanted most; of equals the smallest. Plain only for who wants nothing else, or that more. */
function sentTo(request: Request, { gzip, brotli }: StoredBody): Sent {
  const wish = wishesOf(request);
  const compressed = [
    ...(brotli === undefined ? [] : [{ coding: 'br', bytes: brotli }]),
    { coding: 'gzip', bytes: gzip },
  ];
  const [best] = compressed.toSorted((a, b) => wish(b.coding) - wish(a.coding));
  const most = best === undefined ? 0 : wish(best.coding);
  if (best !== undefined && most > 0 && most >= wish('identity')) return best;
  return { bytes: new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip')) };
}

/** What is malformed names no version: the whole body is an answer to that, too. */
const hasAlready = ({ headers }: Request, tag: string): boolean =>
  (headers.get('if-none-match') ?? '')
    .split(',')
    .map((part) => part.trim().replace(/^W\//, ''))
    .some((known) => known === tag || known === '*');

/** The answer with a stored body, as whoever asks can read it; 304 where they have it already. */
export function storedAnswer(
  request: Request,
  body: StoredBody,
  more: Readonly<Record<string, string>> = {},
): Response {
  const { type, tag } = body;
  const headers = { 'cache-control': 'no-cache', ...more, etag: tag, vary: 'accept-encoding' };
  if (hasAlready(request, tag)) return new Response(null, { status: 304, headers });
  const { coding, bytes } = sentTo(request, body);
  const encoding = coding === undefined ? undefined : { 'content-encoding': coding };
  return new Response(bytes, { headers: { ...headers, 'content-type': type, ...encoding } });
}
