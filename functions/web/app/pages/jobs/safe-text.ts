/** Text of programs, taken apart for showing: colours as classes, and nothing that could hide or turn round what is read. */

export interface TextPart {
  readonly text: string;
  /** Classes of its look; '' for plain text. */
  readonly look: string;
  /** It stands for a character that cannot be seen. */
  readonly isSign: boolean;
}

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

interface Look {
  readonly color: string | undefined;
  readonly styles: ReadonlySet<string>;
}
const PLAIN: Look = { color: undefined, styles: new Set() };

const ESC = '\u001b';
/** CSI, then OSC and its kin up to their end, then other sequences of two characters; last a lone escape. */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\u001b\[([0-9;:]{0,64})[ -/]{0,8}([@-~])|\u001b[\]PX^_][^\u0007\u001b\n]{0,4096}(?:\u0007|\u001b\\)?|\u001b[ -/]{0,8}[0-~]|\u001b|\u009b([0-9;:]{0,64})[ -/]{0,8}([@-~])/g;

/**
 * Characters that are seen as nothing or change the order of what is seen: controls but tab and line feed,
 * marks of direction, blanks without width, tags.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\p{Cf}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u115f\u1160\u2028\u2029\u3164\uffa0]|\u034f|[\u{e0000}-\u{e0fff}]/gu;

/** A character that cannot be seen, as a sign: ␀ and the like, else its number. */
export function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** The same text with signs for what cannot be seen, for places that show no colours. */
export const visible = (text: string): string => text.replace(SEQUENCE, '').replace(UNSEEN, signOf);

const STYLES: { readonly [code: number]: string } = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'struck',
};
const ENDS: { readonly [code: number]: readonly string[] } = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['struck'],
};

function colorOf(code: number): string | undefined {
  if (code >= 30 && code <= 37) return COLORS[code - 30];
  return code >= 90 && code <= 97 ? COLORS[code - 90] : undefined;
}

const styled = (look: Look, add: readonly string[], remove: readonly string[]): Look => ({
  ...look,
  styles: new Set([...look.styles, ...add].filter((style) => !remove.includes(style))),
});

/** One code of a sequence for looks; those that are not known, and backgrounds, change nothing. */
function afterCode(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 39) return { ...look, color: undefined };
  const color = colorOf(code);
  if (color !== undefined) return { ...look, color };
  const style = STYLES[code];
  if (style !== undefined) return styled(look, [style], []);
  const ended = ENDS[code];
  return ended === undefined ? look : styled(look, [], ended);
}

/** `38;5;N` names one of 256 colours, of which the first sixteen are shown; `38;2;…` any. */
function afterCodes(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = look;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const kind = codes[at + 1];
      const color = COLORS[(codes[at + 2] ?? 99) % 8];
      const isNamed = code === 38 && kind === 5 && (codes[at + 2] ?? 99) < 16;
      if (isNamed) next = { ...next, color };
      at += kind === 5 ? 2 : kind === 2 ? 4 : 0;
    } else next = afterCode(next, code);
  }
  return next;
}

const classOf = ({ color, styles }: Look): string =>
  [...(color === undefined ? [] : [color]), ...styles].map((each) => `ansi-${each}`).join(' ');

/** A line of which each letter were a part of its own would make more elements than a page can hold. */
const MOST_PARTS = 500;

/** The parts, all beyond the most as a single plain one. */
function bounded<Part extends TextPart>(
  parts: readonly Part[],
  plain: (text: string) => Part,
): readonly Part[] {
  if (parts.length <= MOST_PARTS) return parts;
  const rest = parts.slice(MOST_PARTS).map(({ text }) => text);
  return [...parts.slice(0, MOST_PARTS), plain(rest.join(''))];
}

/** Text without escape sequences in it as parts: plain stretches, and signs. */
function seenParts(text: string, look: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (index > at) parts.push({ text: text.slice(at, index), look, isSign: false });
    parts.push({ text: signOf(character), look, isSign: true });
    at = index + character.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), look, isSign: false });
  return parts;
}

/** Parts of a line to show one after the other. */
export function textParts(line: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let look = PLAIN;
  let at = 0;
  const isColored = line.includes(ESC) || line.includes('\u009b');
  for (const match of isColored ? line.matchAll(SEQUENCE) : []) {
    parts.push(...seenParts(line.slice(at, match.index), classOf(look)));
    at = match.index + match[0].length;
    if ((match[2] ?? match[4]) === 'm') look = afterCodes(look, match[1] ?? match[3] ?? '');
  }
  parts.push(...seenParts(line.slice(at), classOf(look)));
  return bounded(parts, (text) => ({ text, look: '', isSign: false }));
}

/** The parts again with each place of `wanted` (in lower case) as a part of its own, marked. */
export function markedParts(
  parts: readonly TextPart[],
  wanted: string,
): readonly (TextPart & { readonly isMarked: boolean })[] {
  if (wanted === '') return parts.map((part) => ({ ...part, isMarked: false }));
  const marked = parts.flatMap((part) => {
    const pieces: (TextPart & { readonly isMarked: boolean })[] = [];
    const lower = part.text.toLowerCase();
    // A letter that is longer in lower case would shift all places behind it.
    if (lower.length !== part.text.length) return [{ ...part, isMarked: lower.includes(wanted) }];
    let at = 0;
    for (let found = lower.indexOf(wanted); found !== -1; found = lower.indexOf(wanted, at)) {
      if (found > at) pieces.push({ ...part, text: part.text.slice(at, found), isMarked: false });
      pieces.push({ ...part, text: part.text.slice(found, found + wanted.length), isMarked: true });
      at = found + wanted.length;
    }
    if (at < part.text.length) pieces.push({ ...part, text: part.text.slice(at), isMarked: false });
    return pieces;
  });
  return bounded(marked, (text) => ({ text, look: '', isSign: false, isMarked: false }));
}
