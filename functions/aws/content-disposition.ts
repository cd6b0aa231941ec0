const encoder = new TextEncoder();

// What RFC 8187 lets stand for itself in an extended value.
const PLAIN = /[A-Za-z0-9!#$&+.^_`|~-]/;

const percentEncoded = (text: string): string =>
  [...encoder.encode(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return PLAIN.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** A header value that makes a download of any file name; nothing in the name can end it early. */
export const attachment = (filename: string): string =>
  `attachment; filename*=UTF-8''${percentEncoded(filename.toWellFormed())}`;
