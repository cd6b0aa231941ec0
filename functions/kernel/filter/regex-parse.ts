import { filterError } from './reader.ts';

/** What stands at one place of a text; code points, `undefined` beyond its ends. */
type Test = (point: number) => boolean;
type Assertion = (before: number | undefined, after: number | undefined) => boolean;

/** A regular expression as a tree. */
export type Node =
  | { readonly kind: 'one'; readonly test: Test }
  | { readonly kind: 'assert'; readonly holds: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

interface Reader {
  readonly points: readonly number[];
  at: number;
  depth: number;
  ignoresCase: boolean;
}

const MAX_LENGTH = 500;
const MAX_DEPTH = 30;
const MAX_REPEATS = 200;

const refused = (why: string) =>
  filterError(`The pattern of RLIKE is not supported: ${why}. Simplify it, or use LIKE`);

const peek = ({ points, at }: Reader): string => {
  const point = points[at];
  return point === undefined ? '' : String.fromCodePoint(point);
};

function take(reader: Reader, sign: string): boolean {
  if (peek(reader) !== sign) return false;
  reader.at += 1;
  return true;
}

function next(reader: Reader): number {
  const point = reader.points[reader.at];
  if (point === undefined) throw refused('it ends too early');
  reader.at += 1;
  return point;
}

const matchesClass = (pattern: RegExp): Test => {
  return (point) => pattern.test(String.fromCodePoint(point));
};
const digit = matchesClass(/^\p{Nd}$/u);
const word = matchesClass(/^[\p{L}\p{N}_]$/u);
const space = matchesClass(/^\s$/u);
const not =
  (test: Test): Test =>
  (point) =>
    !test(point);

const CLASSES: { readonly [letter: string]: Test } = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};
const CONTROLS: { readonly [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
};

const isWord = (point: number | undefined): boolean => point !== undefined && word(point);
const atBoundary: Assertion = (before, after) => isWord(before) !== isWord(after);
const ASSERTIONS: { readonly [letter: string]: Assertion } = {
  b: atBoundary,
  B: (before, after) => !atBoundary(before, after),
  A: (before) => before === undefined,
  Z: (_before, after) => after === undefined,
};

const folded = (point: number): number =>
  String.fromCodePoint(point).toLowerCase().codePointAt(0) ?? point;
const raised = (point: number): number =>
  String.fromCodePoint(point).toUpperCase().codePointAt(0) ?? point;

const inRange = (from: number, to: number, ignoresCase: boolean): Test => {
  if (!ignoresCase) return (point) => point >= from && point <= to;
  return (point) => [point, folded(point), raised(point)].some((one) => one >= from && one <= to);
};

/** What a backslash and a letter mean: a class, or one character. */
function readEscape(reader: Reader): Test | number {
  const point = next(reader);
  const letter = String.fromCodePoint(point);
  if (CLASSES[letter] !== undefined) return CLASSES[letter];
  const control = CONTROLS[letter];
  if (control !== undefined) return control.codePointAt(0) ?? 0;
  if (/[A-Za-z0-9]/.test(letter)) throw refused(`\\${letter} is not known here`);
  return point;
}

function readMember(reader: Reader): Test | number {
  return take(reader, '\\') ? readEscape(reader) : next(reader);
}

function readSet(reader: Reader): Test {
  const isNegated = take(reader, '^');
  const tests: Test[] = [];
  do {
    const first = readMember(reader);
    const isRange = peek(reader) === '-' && reader.points[reader.at + 1] !== 0x5d;
    if (typeof first !== 'number') {
      tests.push(first);
    } else if (isRange) {
      reader.at += 1;
      const last = readMember(reader);
      if (typeof last !== 'number' || last < first)
        throw refused('a range in [ ] ends before it begins');
      tests.push(inRange(first, last, reader.ignoresCase));
    } else {
      tests.push(inRange(first, first, reader.ignoresCase));
    }
  } while (!take(reader, ']'));
  const fits: Test = (point) => tests.some((test) => test(point));
  return isNegated ? not(fits) : fits;
}

function readGroup(reader: Reader): Node {
  if (take(reader, '?')) {
    if (take(reader, 'P')) {
      if (!take(reader, '<')) throw refused('only (…), (?:…) and (?P<name>…) are groups here');
      while (!take(reader, '>')) next(reader);
    } else if (!take(reader, ':')) {
      throw refused('only (…), (?:…) and (?P<name>…) are groups here');
    }
  }
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw refused('its groups are nested too deep');
  const inner = readChoice(reader);
  reader.depth -= 1;
  if (!take(reader, ')')) throw refused('a ( is not closed');
  return inner;
}

const assertion = (holds: Assertion): Node => ({ kind: 'assert', holds });

function readAtom(reader: Reader): Node {
  if (take(reader, '(')) return readGroup(reader);
  if (take(reader, '[')) return { kind: 'one', test: readSet(reader) };
  if (take(reader, '.')) return { kind: 'one', test: (point) => point !== 0x0a };
  if (take(reader, '^')) return assertion((before) => before === undefined);
  if (take(reader, '$')) return assertion((_before, after) => after === undefined);
  if (take(reader, '\\')) {
    const holds = ASSERTIONS[peek(reader)];
    if (holds !== undefined) {
      reader.at += 1;
      return assertion(holds);
    }
    const meant = readEscape(reader);
    return {
      kind: 'one',
      test: typeof meant === 'number' ? inRange(meant, meant, reader.ignoresCase) : meant,
    };
  }
  if ('*+?{'.includes(peek(reader))) throw refused('nothing stands before a repetition');
  const point = next(reader);
  return { kind: 'one', test: inRange(point, point, reader.ignoresCase) };
}

function readCount(reader: Reader): number | undefined {
  let digits = '';
  while (/^\d$/.test(peek(reader)) && digits.length < 4)
    digits += String.fromCodePoint(next(reader));
  return digits === '' ? undefined : Number(digits);
}

function readBounds(reader: Reader): readonly [number, number] {
  const min = readCount(reader);
  const max = take(reader, ',') ? (readCount(reader) ?? Number.POSITIVE_INFINITY) : min;
  if (!take(reader, '}') || max === undefined)
    throw refused('use {m}, {m,} or {m,n}; \\{ is a brace');
  const most = Number.isFinite(max) ? max : 0;
  if ((min ?? 0) > max || Math.max(min ?? 0, most) > MAX_REPEATS) {
    throw refused(`{m,n} may ask for ${MAX_REPEATS} repetitions at most`);
  }
  return [min ?? 0, max];
}

function readRepeated(reader: Reader): Node {
  let node = readAtom(reader);
  for (let count = 0; ; count += 1) {
    const bounds = take(reader, '*')
      ? ([0, Number.POSITIVE_INFINITY] as const)
      : take(reader, '+')
        ? ([1, Number.POSITIVE_INFINITY] as const)
        : take(reader, '?')
          ? ([0, 1] as const)
          : take(reader, '{')
            ? readBounds(reader)
            : undefined;
    if (bounds === undefined) return node;
    if (count > 0) throw refused('two repetitions follow each other');
    // How much is taken makes no difference to whether something fits.
    take(reader, '?');
    node = { kind: 'repeat', of: node, min: bounds[0], max: bounds[1] };
  }
}

function readSequence(reader: Reader): Node {
  const of: Node[] = [];
  while (peek(reader) !== '' && peek(reader) !== '|' && peek(reader) !== ')') {
    of.push(readRepeated(reader));
  }
  return { kind: 'sequence', of };
}

function readChoice(reader: Reader): Node {
  const of = [readSequence(reader)];
  while (take(reader, '|')) of.push(readSequence(reader));
  return { kind: 'choice', of };
}

/** Reads a regular expression of Python's kind, but for what needs going back. Throws `invalid`. */
export function parseRegex(text: string): Node {
  if (text.length > MAX_LENGTH) throw refused(`it is longer than ${MAX_LENGTH} characters`);
  const ignoresCase = text.startsWith('(?i)');
  const points = Array.from(ignoresCase ? text.slice(4) : text, (sign) => sign.codePointAt(0) ?? 0);
  const reader: Reader = { points, at: 0, depth: 0, ignoresCase };
  const node = readChoice(reader);
  if (reader.at < points.length) throw refused('a ) was not opened');
  return node;
}
