import { invalid } from '#kernel/errors.ts';

/** Deeper than any honest event; what walks through values relies on it. */
export const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 92, 91, 93, 123, 125];

/** Before anything is built of it: in one pass, without recursion. */
function requireShallow(bytes: Uint8Array): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw invalid('nesting_too_deep', `The body must not be nested over ${MAX_DEPTH} deep.`);
      }
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
  }
}

const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** `Object.fromEntries` makes own members of every name, `__proto__` included. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [cleanText(name), clean(member)]),
  );
}

/** Only escapes can bring what UTF-8 cannot hold, or a NUL that the decoder has not seen. */
const suspicious = /\\u(?:0000|[dD][89a-fA-F])|\0/;

/**
 * JSON from outside: of bounded depth; without NULs, which are removed; halves of surrogate pairs and bytes
 * that are no UTF-8 become U+FFFD. Throws `invalid`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  requireShallow(bytes);
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('malformed_json', 'The body is not valid JSON.');
  }
  return suspicious.test(text) ? clean(value) : value;
}
