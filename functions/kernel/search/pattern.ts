/** One piece of a wildcard pattern: literal text, `*` (any run) or `?` (one character). */
export type PatternToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' };

/** What stands between two `*`: literal text, and `undefined` for each `?`. */
type Segment = readonly (string | undefined)[];

/** A compiled pattern; its first segment is anchored at the start, its last one at the end. */
export type Pattern = { readonly segments: readonly Segment[]; readonly caseSensitive: boolean };

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
    segments: segments.filter((segment, i) => i === 0 || i === end || segment.length > 0),
  };
}

const unitsOf = (segment: Segment): number =>
  segment.reduce((sum, piece) => sum + (piece === undefined ? 1 : piece.length), 0);

/**
 * The length of the longest stretch that holds a `?`: only such a stretch is compared at every
 * position of a text, so this times the text's length bounds the work of a match.
 */
export function longestScan(pattern: Pattern): number {
  const scans = pattern.segments.filter((segment) => segment.includes(undefined));
  return scans.reduce((longest, segment) => Math.max(longest, unitsOf(segment)), 0);
}

/** Whether anything may follow what matches: the pattern ends with `*`. */
export const endsOpen = ({ segments }: Pattern): boolean =>
  segments.length > 1 && segments.at(-1)?.length === 0;

/** The position behind the one character at `at`, or -1 at the end. */
function afterCharacter(text: string, at: number): number {
  const point = text.codePointAt(at);
  if (point === undefined) return -1;
  return point > 0xffff ? at + 2 : at + 1;
}

/** Where `segment` ends when it starts exactly at `start`, or -1. */
function endOfSegmentAt(text: string, start: number, segment: Segment): number {
  let at = start;
  for (const piece of segment) {
    if (piece === undefined) at = afterCharacter(text, at);
    else at = text.startsWith(piece, at) ? at + piece.length : -1;
    if (at < 0) return -1;
  }
  return at;
}

/** Where the first occurrence of `segment` at or behind `from` ends, or -1. */
function endOfSegmentFrom(text: string, from: number, segment: Segment): number {
  if (!segment.includes(undefined)) {
    const literal = segment.join('');
    const found = text.indexOf(literal, from);
    return found < 0 ? -1 : found + literal.length;
  }
  const lastStart = text.length - unitsOf(segment);
  for (let start = from; start <= lastStart; start += 1) {
    const end = endOfSegmentAt(text, start, segment);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether `segment` can end the text without reaching back before `from`. */
function endsWithSegment(text: string, from: number, segment: Segment): boolean {
  const units = unitsOf(segment);
  // Each `?` may stand for two code units, so there are a few possible starts.
  const wide = segment.filter((piece) => piece === undefined).length;
  for (let start = text.length - units; start >= text.length - units - wide; start -= 1) {
    if (start < from) return false;
    if (endOfSegmentAt(text, start, segment) === text.length) return true;
  }
  return false;
}

/**
 * Whether the whole of `text` matches. Iterative and without backtracking over stars: each
 * segment takes its leftmost place, which loses no match.
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const subject = pattern.caseSensitive ? text : fold(text);
  const [first = [], ...rest] = pattern.segments;
  let at = endOfSegmentAt(subject, 0, first);
  const last = rest.pop();
  if (last === undefined) return at === subject.length;
  for (const segment of rest) {
    if (at < 0) return false;
    at = endOfSegmentFrom(subject, at, segment);
  }
  return at >= 0 && endsWithSegment(subject, at, last);
}
