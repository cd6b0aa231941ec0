import { AppError } from '../errors.ts';
import { compilePattern, longestScan, type Pattern, type PatternToken } from './pattern.ts';

/** Matches when one of `fields` holds a value that fits `pattern`. */
export type SearchTerm = { readonly fields: readonly string[]; readonly pattern: Pattern };

/** A parsed search: a record must satisfy every term. */
export type Search = { readonly ok: true; readonly terms: readonly SearchTerm[] };

/** The longest search text, in UTF-16 code units. */
export const MAX_SEARCH_LENGTH = 4096;

/** Each term reads a text anew, and the more so the longer a stretch with a `?` it looks for. */
const MAX_TERMS = 32;
const MAX_SCAN = 256;
const ECHO_LENGTH = 200;
const ESCAPES = new Map([...'\\?*"\':,'].map((char) => [char, char])).set('n', '\n');
const FIELD_CHAR = /^[A-Za-z_]$/;
const WORD_CHAR = /^[\p{L}\p{M}\p{N}_.-]$/u;
const CONTROL = /^\p{Cc}$/u;

type Reader = { readonly text: string; at: number };

/** The character at the reader's position, '' at the end. */
const peek = ({ text, at }: Reader): string => {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
};

const shown = (char: string): string =>
  /^[!-~]$/.test(char)
    ? `'${char}'`
    : `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const failure = (query: string, position: number, reason: string): AppError =>
  new AppError('unprocessable', `The search does not parse: ${reason}`, {
    reason: 'search_parse',
    detail: { query: query.slice(0, ECHO_LENGTH).toWellFormed(), reason, position },
  });

const fail = (reader: Reader, reason: string, position = reader.at): AppError =>
  failure(reader.text, position, `${reason} (at character ${position + 1})`);

function skipSpaces(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at += 1;
}

/** Collects characters and wildcards; neighbouring characters become one text token. */
function tokenBuilder() {
  const tokens: PatternToken[] = [];
  let word = '';
  const flush = (): void => {
    if (word !== '') tokens.push({ kind: 'text', text: word });
    word = '';
  };
  return {
    add: (char: string): void => {
      word += char;
    },
    wildcard: (char: string): void => {
      flush();
      tokens.push({ kind: char === '*' ? 'any' : 'one' });
    },
    flush,
    done: (): readonly PatternToken[] => {
      flush();
      return tokens;
    },
  };
}

function readEscape(reader: Reader): string {
  const char = reader.text[reader.at + 1] ?? '';
  const meant = ESCAPES.get(char);
  if (meant === undefined) {
    throw fail(reader, 'a backslash must be followed by one of \\ ? * " \' n : ,');
  }
  reader.at += 2;
  return meant;
}

function readQuoted(reader: Reader, quote: string): readonly PatternToken[] {
  const opened = reader.at;
  const builder = tokenBuilder();
  reader.at += 1;
  for (let char = peek(reader); char !== quote; char = peek(reader)) {
    if (char === '') throw fail(reader, 'the closing quote is missing', opened);
    if (char === '\\') {
      builder.add(readEscape(reader));
      continue;
    }
    if (CONTROL.test(char)) throw fail(reader, `${shown(char)} is not allowed; a line end is \\n`);
    if (char === '*' || char === '?') builder.wildcard(char);
    else builder.add(char);
    reader.at += char.length;
  }
  reader.at += 1;
  return builder.done();
}

/** Reads words; spaces part them where `spaces` is set and end the value elsewhere. */
function readUnquoted(reader: Reader, spaces: boolean): readonly PatternToken[] {
  const builder = tokenBuilder();
  for (let char = peek(reader); char !== '' && char !== ','; char = peek(reader)) {
    if (char === ' ' && !spaces) break;
    if (char === '\\') {
      builder.add(readEscape(reader));
      continue;
    }
    if (char === ' ') builder.flush();
    else if (char === '*' || char === '?') builder.wildcard(char);
    else if (WORD_CHAR.test(char)) builder.add(char);
    else throw fail(reader, `${shown(char)} must stand in quotes`);
    reader.at += char.length;
  }
  return builder.done();
}

function readValue(reader: Reader, spaces: boolean): readonly PatternToken[] {
  const start = reader.at;
  const char = peek(reader);
  const tokens =
    char === '"' || char === "'" ? readQuoted(reader, char) : readUnquoted(reader, spaces);
  if (tokens.length === 0) throw fail(reader, 'a value is missing', start);
  return tokens;
}

/** The name before a colon; undefined, and nothing read, where there is none. */
function readField(reader: Reader): string | undefined {
  let end = reader.at;
  while (FIELD_CHAR.test(reader.text[end] ?? '')) end += 1;
  if (end === reader.at || reader.text[end] !== ':') return undefined;
  const name = reader.text.slice(reader.at, end);
  reader.at = end + 1;
  return name;
}

/** Each word and wildcard in its order, with anything before, between and behind. */
const fuzzy = (tokens: readonly PatternToken[]): readonly PatternToken[] => [
  { kind: 'any' },
  ...tokens.flatMap((token): PatternToken[] => [token, { kind: 'any' }]),
];

/** What a search may name, and of that what a bare value is not looked for in. */
interface SearchFields {
  readonly fields: readonly string[];
  readonly byName?: readonly string[] | undefined;
}

function readTerm(reader: Reader, { fields, byName = [] }: SearchFields): SearchTerm {
  const start = reader.at;
  const field = readField(reader);
  if (field === undefined) {
    return { fields, pattern: compilePattern(fuzzy(readValue(reader, true))) };
  }
  // Dioptra names only the field here, not the whole query.
  if (![...fields, ...byName].includes(field))
    throw failure(field, start, `'${field}' is not a valid field`);
  skipSpaces(reader);
  return { fields: [field], pattern: compilePattern(readValue(reader, false)) };
}

/**
 * Parses a search of the v1 API: comma-separated terms, each `field:value` (the exact pattern) or
 * a bare `value` (its words in order, in any of `fields`, not in those `byName`). `*` and `?` are wildcards, case is
 * ignored. Beyond Dioptra's language, `-`, `.` and letters of any script need no quotes. Takes
 * time linear in the text; throws an `unprocessable` AppError with the position of a mistake.
 */
export function parseSearch(text: string, options: SearchFields): Search {
  if (text.length > MAX_SEARCH_LENGTH) {
    throw failure(text, MAX_SEARCH_LENGTH, `it is longer than ${MAX_SEARCH_LENGTH} characters`);
  }
  if (!text.isWellFormed()) throw failure(text, 0, 'it is not well-formed Unicode');
  const reader: Reader = { text, at: 0 };
  const terms: SearchTerm[] = [];
  let scanned = 0;
  skipSpaces(reader);
  if (reader.at === text.length) return { ok: true, terms };
  for (;;) {
    skipSpaces(reader);
    const start = reader.at;
    if (terms.length === MAX_TERMS) throw fail(reader, `there are more than ${MAX_TERMS} terms`);
    const term = readTerm(reader, options);
    terms.push(term);
    scanned += longestScan(term.pattern);
    if (scanned > MAX_SCAN) {
      throw fail(reader, `text with a ? may have at most ${MAX_SCAN} characters`, start);
    }
    skipSpaces(reader);
    if (reader.at === text.length) return { ok: true, terms };
    if (text[reader.at] !== ',') {
      throw fail(reader, 'a comma was expected; a value with spaces must stand in quotes');
    }
    reader.at += 1;
  }
}
