import { gunzipSync } from 'node:zlib';
import { invalid, tooManyBytes } from '#kernel/errors.ts';

/** Of a body once it is inflated. */
const MAX_BYTES = 20 * 1024 * 1024;
/** Events are alike, but no more than this; below a MiB nobody is harmed by what is. */
const MAX_RATIO = 250;
const ALWAYS_BYTES = 1024 * 1024;
/** A body is wrapped in a form, base64 and gzip at most, some of them twice. */
const MAX_WRAPPINGS = 5;

/** A body as it came, with what headers and query say of it. */
export interface Body {
  readonly bytes: Uint8Array;
  /** The header `content-encoding`. */
  readonly encoding?: string | undefined;
  /** The header `content-type`. */
  readonly type?: string | undefined;
  readonly query?: { readonly [name: string]: string | undefined };
}

const tooLarge = () =>
  tooManyBytes(`A body has at most ${MAX_BYTES} bytes once it is inflated; send fewer events.`);

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function inflate(bytes: Uint8Array): Uint8Array {
  const most = Math.min(MAX_BYTES, Math.max(ALWAYS_BYTES, bytes.length * MAX_RATIO));
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge();
    }
    throw invalid('malformed_gzip', 'The body is not valid gzip.');
  }
}

/** The member `data` of a form. A plus that base64 has is one that nobody encoded. */
function ofForm(text: string): Uint8Array {
  const data = new URLSearchParams(text).get('data') ?? '';
  return Buffer.from(/^\s*[[{]/.test(data) ? data : data.replaceAll(' ', '+'));
}

function ofBase64(bytes: Uint8Array): Uint8Array {
  // A pattern that skipped blanks at the end by itself would take their number squared.
  const text = Buffer.from(bytes).toString('latin1').trimEnd();
  if (!/^[A-Za-z0-9+/_\s-]+={0,2}$/.test(text)) {
    throw invalid('malformed_body', 'The body is none of JSON, gzip, base64 and a form.');
  }
  return Buffer.from(text, 'base64');
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);

/** What the bytes begin with, whatever headers say: proxies and clients change the one without the other. */
function kindOf(bytes: Uint8Array): 'gzip' | 'json' | 'form' | 'other' {
  if (isGzip(bytes)) return 'gzip';
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isSpace(bytes[at])) at += 1;
  if (bytes[at] === 0x7b || bytes[at] === 0x5b) return 'json';
  const start = Buffer.from(bytes.subarray(at, at + 512)).toString('latin1');
  return /(?:^|&)data=/.test(start) ? 'form' : 'other';
}

/** Bytes of JSON. Throws `invalid` and `too_large`. */
export function decodeBody({ bytes, encoding, type, query = {} }: Body): Uint8Array {
  const { compression, data } = query;
  if (compression !== undefined && !/^(|gzip|gzip-js|base64)$/.test(compression)) {
    throw invalid('unknown_compression', 'Use the compression "gzip", "gzip-js" or "base64".');
  }
  if (encoding !== undefined && !/^(|identity|gzip)$/i.test(encoding)) {
    throw invalid('unknown_encoding', 'Use the content encoding "gzip", or none.');
  }
  let left = bytes.length === 0 && data !== undefined ? Buffer.from(data) : bytes;
  if (left.length > MAX_BYTES) throw tooLarge();
  for (let wrappings = 0; wrappings <= MAX_WRAPPINGS; wrappings += 1) {
    const kind = kindOf(left);
    if (left.length === 0) throw invalid('empty_body', 'The body is empty.');
    if (kind === 'json') return left;
    if (kind === 'gzip') left = inflate(left);
    else if (kind === 'form') left = ofForm(Buffer.from(left).toString('utf8'));
    else if (wrappings === 0 && type?.startsWith('application/json') === true) return left;
    else left = ofBase64(left);
  }
  throw invalid('malformed_body', 'The body is wrapped too often.');
}
