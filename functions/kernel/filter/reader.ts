import { type AppError, invalid } from '../errors.ts';
import type { Work } from './ast.ts';

/** A filter while it is read, from left to right and once. */
export interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  comparisons: number;
  /** How much the patterns read so far cost to look for. */
  scanned: number;
  /** What all its regular expressions together may do. */
  readonly work: Work;
}

/** Steps of regular expressions, some seconds of them. */
const MOST_WORK = 10_000_000;

/** The longest filter and order, in UTF-16 code units. */
export const MAX_FILTER_LENGTH = 50_000;
const MAX_SHOWN = 100;

const SPACES = /\s*/y;
const WORD = /[\p{L}\p{M}\p{N}_]+/uy;
/** Names of metrics, params and tags but for spaces need no quotes; neither do some signs of ids. */
const KEY = /[\p{L}\p{M}\p{N}_./:@$#-]+/uy;
const SYMBOL = /[<>=!~]+/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy;
/** What stands where a value should, for an error. */
const STRAY = /[^\s()'"`,]+|./suy;

/** A piece of the text as errors show it. */
export const shownText = (text: string): string =>
  text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).toWellFormed()}…`;

/** An error of a filter or an order; its text counts from 1, its detail from 0 in UTF-16 code units. */
export const filterError = (message: string, at?: number): AppError =>
  at === undefined
    ? invalid('filter', message)
    : invalid('filter', `${message} (at character ${at + 1})`, { position: at });

/** Throws where a text cannot be a filter at all, whatever it says. */
export function requireReadable(text: string, what: string): void {
  if (text.length > MAX_FILTER_LENGTH) {
    throw filterError(`The ${what} is longer than ${MAX_FILTER_LENGTH} characters: shorten it.`);
  }
  if (!text.isWellFormed()) throw filterError(`The ${what} is not well-formed Unicode.`);
}

export const readerOf = (text: string): Reader => ({
  text,
  at: 0,
  depth: 0,
  comparisons: 0,
  scanned: 0,
  work: { left: MOST_WORK },
});

/** What `pattern`, which must be sticky, finds here; it is not consumed. */
function peekAt({ text, at }: Reader, pattern: RegExp): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function take(reader: Reader, pattern: RegExp): string {
  const found = peekAt(reader, pattern);
  reader.at += found.length;
  return found;
}

export const skipSpaces = (reader: Reader): void => {
  take(reader, SPACES);
};

export const atEnd = ({ text, at }: Reader): boolean => at >= text.length;

export const peekSign = ({ text, at }: Reader): string => text[at] ?? '';
export const peekWord = (reader: Reader): string => peekAt(reader, WORD);
export const peekStray = (reader: Reader): string => peekAt(reader, STRAY);

export const takeWord = (reader: Reader): string => take(reader, WORD);
export const takeKey = (reader: Reader): string => take(reader, KEY);
export const takeSymbol = (reader: Reader): string => take(reader, SYMBOL);

/** A number; undefined, and nothing is read, where there is none. */
export function takeNumber(reader: Reader): number | undefined {
  const digits = take(reader, NUMBER);
  return digits === '' ? undefined : Number(digits);
}

/** Whether the next word is `keyword`, in any case; it is read then, with the spaces behind it. */
export function takeKeyword(reader: Reader, keyword: string): boolean {
  const word = peekWord(reader);
  if (word.toUpperCase() !== keyword) return false;
  // A name may be spelled like a keyword: `not.x`.
  if (reader.text[reader.at + word.length] === '.') return false;
  reader.at += word.length;
  skipSpaces(reader);
  return true;
}

/** Reads a sign and the spaces behind it, where it is next. */
export function takeSign(reader: Reader, sign: string): boolean {
  if (peekSign(reader) !== sign) return false;
  reader.at += 1;
  skipSpaces(reader);
  return true;
}

/**
 * Reads what stands between two quotes. As in MLflow, a doubled quote and one behind a backslash
 * stay in it, both characters. Where no quote is left to close it, the last one behind a backslash
 * does.
 */
export function takeQuoted(reader: Reader): string {
  const { text, at: opened } = reader;
  const quote = text[opened];
  let escaped = -1;
  let at = opened + 1;
  for (; at < text.length; at += 1) {
    const isEscape = quote !== '`' && text[at] === '\\' && text[at + 1] === quote;
    if (isEscape) escaped = at + 1;
    if (isEscape || (text[at] === quote && text[at + 1] === quote)) at += 1;
    else if (text[at] === quote) break;
  }
  const end = at < text.length ? at : escaped;
  if (end < 0) {
    throw filterError(
      `Invalid clause(s) in filter string: '${shownText(text.slice(opened))}'. The closing ${quote} is missing`,
      opened,
    );
  }
  reader.at = end + 1;
  return text.slice(opened + 1, end);
}
