import { invalid } from './errors.ts';

/** Longest key in bytes of UTF-8: below S3's 1,024, with room for a prefix of the adapter. */
const MAX_BLOB_KEY_BYTES = 900;

const encoder = new TextEncoder();

// C0, DEL and C1: no store shows them faithfully, and XML answers cannot carry most of them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;

const refuse = (why: string) =>
  invalid('invalid_blob_key', `The object key ${why}; use slash-separated names.`);

/**
 * Throws `invalid` unless the key is safe in every store: 1 to 900 bytes of well-formed Unicode,
 * slash-separated, no empty, `.` or `..` segment, no control character and no backslash.
 */
export function requireBlobKey(key: string): void {
  // Before the bytes are counted: a lone surrogate is encoded as U+FFFD and would name another key.
  if (!key.isWellFormed()) throw refuse('is not well-formed Unicode');
  if (key === '') throw refuse('is empty');
  if (encoder.encode(key).byteLength > MAX_BLOB_KEY_BYTES) {
    throw refuse(`is longer than ${MAX_BLOB_KEY_BYTES} bytes`);
  }
  if (CONTROL.test(key)) throw refuse('has a control character');
  // A folder on Windows would read it as another separator.
  if (key.includes('\\')) throw refuse('has a backslash');
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw refuse('has an empty, "." or ".." segment');
  }
}
