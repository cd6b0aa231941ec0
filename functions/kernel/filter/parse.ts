import type { Filter, Vocabulary } from './ast.ts';
import { readComparison } from './comparison.ts';
import {
  atEnd,
  filterError,
  peekSign,
  peekWord,
  type Reader,
  readerOf,
  requireReadable,
  shownText,
  skipSpaces,
  takeKeyword,
  takeSign,
} from './reader.ts';

const MAX_DEPTH = 50;

const joined = (kind: 'all' | 'any', of: readonly Filter[]): Filter => {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind, of };
};

function deeper<T>(reader: Reader, read: () => T): T {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) {
    throw filterError(`The filter is nested more than ${MAX_DEPTH} deep: simplify it`, reader.at);
  }
  const result = read();
  reader.depth -= 1;
  return result;
}

function readOperand(reader: Reader, vocabulary: Vocabulary): Filter {
  if (takeKeyword(reader, 'NOT')) {
    return deeper(reader, () => ({ kind: 'not', of: readOperand(reader, vocabulary) }));
  }
  const opened = reader.at;
  if (!takeSign(reader, '(')) return readComparison(reader, vocabulary);
  const inner = deeper(reader, () => readAny(reader, vocabulary));
  if (takeSign(reader, ')')) return inner;
  throw unexpected(reader, `the parenthesis opened at character ${opened + 1} is not closed`);
}

const NAME_QUOTES = ['`', '"'];

/** As in MLflow, the AND before another comparison may be missing. */
const startsName = (reader: Reader): boolean =>
  NAME_QUOTES.includes(peekSign(reader)) ||
  (peekWord(reader) !== '' && peekWord(reader).toUpperCase() !== 'OR');

function readAll(reader: Reader, vocabulary: Vocabulary): Filter {
  const parts = [readOperand(reader, vocabulary)];
  for (;;) {
    const isJoined = skipAnds(reader);
    // Programs that put filters together leave an AND behind when one of them is empty.
    if (isJoined && reader.depth === 0 && atEnd(reader)) break;
    if (!isJoined && !startsName(reader)) break;
    parts.push(readOperand(reader, vocabulary));
  }
  return joined('all', parts);
}

function skipAnds(reader: Reader): boolean {
  let found = false;
  while (takeKeyword(reader, 'AND')) found = true;
  return found;
}

function readAny(reader: Reader, vocabulary: Vocabulary): Filter {
  const parts = [readAll(reader, vocabulary)];
  while (takeKeyword(reader, 'OR')) parts.push(readAll(reader, vocabulary));
  return joined('any', parts);
}

const unexpected = (reader: Reader, why: string) =>
  filterError(
    `Invalid clause(s) in filter string: '${shownText(reader.text.slice(reader.at))}'. ${why}`,
    reader.at,
  );

/**
 * Parses a filter of MLflow's searches; undefined for an empty one. Beyond MLflow's language it
 * takes OR, NOT, parentheses and names with `/`, `-` and `:` without quotes; NOT binds tighter than
 * AND, AND than OR. Takes time linear in the text. Throws `invalid` (`filter`) in MLflow's words, with the position.
 */
export function parseFilter(text: string, vocabulary: Vocabulary): Filter | undefined {
  requireReadable(text, 'filter');
  const reader = readerOf(text);
  skipSpaces(reader);
  skipAnds(reader);
  if (atEnd(reader)) return undefined;
  const filter = readAny(reader, vocabulary);
  if (atEnd(reader)) return filter;
  throw unexpected(reader, 'AND, OR or the end of the filter was expected');
}
