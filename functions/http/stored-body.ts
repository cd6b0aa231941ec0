import { createHash } from 'node:crypto';

/** A body that is made once and sent often, compressed. */
export interface StoredBody {
  readonly type: string;
  /** Names what is in it, for `If-None-Match`. */
  readonly tag: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** A text as a stored body. */
export async function storedText(text: string, type: string): Promise<StoredBody> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return {
    type,
    tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
    gzip: new Uint8Array(await new Response(packed).arrayBuffer()),
  };
}

const GZIP = /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i;

const takesGzip = ({ headers }: Request): boolean =>
  (headers.get('accept-encoding') ?? '').split(',').some((part) => GZIP.test(part));

/** What is malformed names no version: the whole body is an answer to that, too. */
const hasAlready = ({ headers }: Request, tag: string): boolean =>
  (headers.get('if-none-match') ?? '')
    .split(',')
    .map((part) => part.trim().replace(/^W\//, ''))
    .some((known) => known === tag || known === '*');

/** The answer with a stored body, as whoever asks can read it; 304 where they have it already. */
export function storedAnswer(
  request: Request,
  { type, tag, gzip }: StoredBody,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = { 'cache-control': 'no-cache', ...more, etag: tag, vary: 'accept-encoding' };
  if (hasAlready(request, tag)) return new Response(null, { status: 304, headers });
  const shown = { ...headers, 'content-type': type };
  if (takesGzip(request)) {
    return new Response(gzip, { headers: { ...shown, 'content-encoding': 'gzip' } });
  }
  const plain = new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(plain, { headers: shown });
}
