import { filterError, peekSign, type Reader, skipSpaces, takeQuoted, takeSign } from './reader.ts';

/** What a backslash and a character mean in a list; with any other both stay. */
const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
]);
const ILL_FORMED =
  'While parsing a list in the query, expected a non-empty list of string values, but got ';

/** MLflow reads lists as Python does: with escapes, and quotes that meet join two texts. */
function unescaped(text: string, quote: string): string {
  return text.replaceAll(/\\(.)|''|""/gs, (whole, escaped: string | undefined) => {
    if (escaped !== undefined) return ESCAPES.get(escaped) ?? whole;
    return whole[0] === quote ? '' : whole;
  });
}

function readItem(reader: Reader): string {
  const quote = peekSign(reader);
  if (quote !== "'" && quote !== '"') {
    throw filterError(
      'While parsing a list in the query, expected string value, punctuation, or whitespace, but got ' +
        'different type in list: put each value in quotes',
      reader.at,
    );
  }
  const text = unescaped(takeQuoted(reader), quote);
  skipSpaces(reader);
  return text;
}

/** Reads `('a', 'b')`; a comma may stand behind the last. */
export function readList(reader: Reader): readonly string[] {
  const opened = reader.at;
  takeSign(reader, '(');
  const items: string[] = [];
  while (!takeSign(reader, ')')) {
    items.push(readItem(reader));
    if (!takeSign(reader, ',') && peekSign(reader) !== ')') {
      throw filterError(`${ILL_FORMED}ill-formed list: a comma or ) is missing`, reader.at);
    }
  }
  if (items.length === 0) throw filterError(`${ILL_FORMED}empty list`, opened);
  return items;
}
