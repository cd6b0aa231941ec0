/** One piece of a wildcard pattern: literal text, `*` (any run) or `?` (one character). */
export type PatternToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' };

/**
 * Finds a stretch with `?` at any position of a text in one pass: a bit for each of its characters
 * says whether what was read so far ends with the stretch up to there.
 */
interface Scan {
  readonly length: number;
  /** By code point, the characters of the stretch that it fits. */
  readonly fits: ReadonlyMap<number, Int32Array>;
  /** Those that every code point fits: each `?`. */
  readonly open: Int32Array;
}

/** What stands between two `*`: literal text, and `undefined` for each `?`. */
interface Segment {
  readonly pieces: readonly (string | undefined)[];
  /** Where there is a `?`. */
  readonly scan?: Scan;
}

/** A compiled pattern; its first segment is anchored at the start, its last one at the end. */
export type Pattern = { readonly segments: readonly Segment[]; readonly caseSensitive: boolean };

const BITS = 32;

function scanOf(pieces: Segment['pieces']): Scan {
  const characters = pieces.flatMap((piece) => (piece === undefined ? [undefined] : [...piece]));
  const { length } = characters;
  const open = new Int32Array(Math.ceil(length / BITS));
  const set = (bits: Int32Array, at: number): void => {
    const word = Math.floor(at / BITS);
    bits[word] = (bits[word] ?? 0) | (1 << (at % BITS));
  };
  for (const [at, character] of characters.entries()) if (character === undefined) set(open, at);
  const fits = new Map<number, Int32Array>();
  for (const [at, character] of characters.entries()) {
    const point = character?.codePointAt(0);
    if (point === undefined) continue;
    const bits = fits.get(point) ?? open.slice();
    set(bits, at);
    fits.set(point, bits);
  }
  return { length, fits, open };
}

const segmentOf = (pieces: Segment['pieces']): Segment =>
  pieces.includes(undefined) ? { pieces, scan: scanOf(pieces) } : { pieces };

/**
 * Lower case in which the parts of a text fold as the whole does: lower-casing alone makes a
 * final sigma differ by its neighbours, and the dotted capital I grow to two characters.
 */
const fold = (text: string): string =>
  text.replaceAll('\u0130', 'i').toLowerCase().replaceAll('\u03c2', '\u03c3');

/** Prepares tokens for {@link matchesPattern}; case is ignored unless asked for. */
export function compilePattern(
  tokens: readonly PatternToken[],
  options: { readonly caseSensitive?: boolean } = {},
): Pattern {
  const caseSensitive = options.caseSensitive ?? false;
  const segments: (string | undefined)[][] = [[]];
  for (const token of tokens) {
    const last = segments.at(-1) ?? [];
    if (token.kind === 'text') last.push(caseSensitive ? token.text : fold(token.text));
    else if (token.kind === 'one') last.push(undefined);
    else segments.push([]);
  }
  // Empty segments between two stars say nothing; those at the ends mean "not anchored".
  const end = segments.length - 1;
  return {
    caseSensitive,
    segments: segments
      .filter((segment, i) => i === 0 || i === end || segment.length > 0)
      .map(segmentOf),
  };
}

/** The characters of the longest stretch that holds a `?`. */
export const longestScan = ({ segments }: Pattern): number =>
  segments.reduce((longest, { scan }) => Math.max(longest, scan?.length ?? 0), 0);

/** Reading a text that is bound to be compared takes about as long as this times its length. */
export const effortOf = (pattern: Pattern): number =>
  1 + 4 * Math.ceil(longestScan(pattern) / BITS);

/** Whether anything may follow what matches: the pattern ends with `*`. */
export const endsOpen = ({ segments }: Pattern): boolean =>
  segments.length > 1 && segments.at(-1)?.pieces.length === 0;

/** The position behind the one character at `at`, or -1 at the end. */
function afterCharacter(text: string, at: number): number {
  const point = text.codePointAt(at);
  if (point === undefined) return -1;
  return point > 0xffff ? at + 2 : at + 1;
}

/** Where `segment` ends when it starts exactly at `start`, or -1. */
function endOfSegmentAt(text: string, start: number, segment: Segment): number {
  let at = start;
  for (const piece of segment.pieces) {
    if (piece === undefined) at = afterCharacter(text, at);
    else at = text.startsWith(piece, at) ? at + piece.length : -1;
    if (at < 0) return -1;
  }
  return at;
}

function endOfScanFrom(text: string, from: number, { length, fits, open }: Scan): number {
  const seen = new Int32Array(open.length);
  const [lastWord, lastBit] = [open.length - 1, 1 << ((length - 1) % BITS)];
  for (let at = from, next = at; at < text.length; at = next) {
    const point = text.codePointAt(at) ?? 0;
    next = at + (point > 0xffff ? 2 : 1);
    const bits = fits.get(point) ?? open;
    let carry = 1;
    for (let word = 0; word <= lastWord; word += 1) {
      const before = seen[word] ?? 0;
      seen[word] = ((before << 1) | carry) & (bits[word] ?? 0);
      carry = before >>> (BITS - 1);
    }
    if (((seen[lastWord] ?? 0) & lastBit) !== 0) return next;
  }
  return -1;
}

/** Where the first occurrence of `segment` at or behind `from` ends, or -1. */
function endOfSegmentFrom(text: string, from: number, { pieces, scan }: Segment): number {
  if (scan !== undefined) return endOfScanFrom(text, from, scan);
  const literal = pieces.join('');
  const found = text.indexOf(literal, from);
  return found < 0 ? -1 : found + literal.length;
}

/** Where the last `count` characters of a text begin, or -1. */
function startOfLast(text: string, count: number): number {
  let at = text.length;
  for (let left = count; left > 0; left -= 1) {
    if (at === 0) return -1;
    const isPair = at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff;
    at -= isPair ? 2 : 1;
  }
  return at;
}

/** Whether `segment` can end the text without reaching back before `from`. */
function endsWithSegment(text: string, from: number, segment: Segment): boolean {
  const { pieces, scan } = segment;
  const start =
    scan === undefined ? text.length - pieces.join('').length : startOfLast(text, scan.length);
  return start >= from && endOfSegmentAt(text, start, segment) === text.length;
}

/**
 * Whether the whole of `text` matches. Iterative and without backtracking over stars: each
 * segment takes its leftmost place, which loses no match.
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const subject = pattern.caseSensitive ? text : fold(text);
  const [first = { pieces: [] }, ...rest] = pattern.segments;
  let at = endOfSegmentAt(subject, 0, first);
  const last = rest.pop();
  if (last === undefined) return at === subject.length;
  for (const segment of rest) {
    if (at < 0) return false;
    at = endOfSegmentFrom(subject, at, segment);
  }
  return at >= 0 && endsWithSegment(subject, at, last);
}
