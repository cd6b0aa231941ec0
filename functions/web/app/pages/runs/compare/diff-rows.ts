import { diff } from '@codemirror/merge';

interface Line {
  readonly number: number;
  readonly text: string;
}

/** A row of two texts side by side: lines that are equal, or that differ or stand on one side alone. */
export type DiffRow =
  | {
      readonly kind: 'same' | 'changed';
      readonly a: Line | undefined;
      readonly b: Line | undefined;
    }
  | { readonly kind: 'folded'; readonly lines: number };

/** Of each text, what is compared; each line that is unlike the others is a letter, of which there are not many more. */
export const MOST_LINES = 20_000;
/** Equal lines that are shown around what differs. */
const AROUND = 3;
/** Fewer are shown rather than folded. */
const LEAST_FOLD = 4;
/** Beyond this much work the comparison is a rough one, and still right. */
const LIMITS = { scanLimit: 5_000, timeout: 1_000 };

const linesOf = (text: string): readonly string[] => text.split(/\r\n|\r|\n/).slice(0, MOST_LINES);

/** Texts of a letter for each line, so that a comparison by letters is one by lines. */
function asLetters(texts: readonly (readonly string[])[]): readonly string[] {
  const letters = new Map<string, string>();
  return texts.map((lines) =>
    lines
      .map((line) => {
        const letter = letters.get(line) ?? String.fromCharCode(letters.size + 1);
        letters.set(line, letter);
        return letter;
      })
      .join(''),
  );
}

const part = (lines: readonly string[], from: number, to: number): readonly Line[] =>
  lines.slice(from, to).map((text, index) => ({ number: from + index + 1, text }));

const pairs = (
  kind: 'same' | 'changed',
  a: readonly Line[],
  b: readonly Line[],
): readonly DiffRow[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, at) => ({ kind, a: a[at], b: b[at] }));

/** A stretch of equal lines: but for those next to what differs they are folded. */
function folded(same: readonly DiffRow[], isFirst: boolean, isLast: boolean): readonly DiffRow[] {
  const [before, after] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  const hidden = same.length - before - after;
  if (hidden < LEAST_FOLD) return same;
  return [
    ...same.slice(0, before),
    { kind: 'folded', lines: hidden },
    ...same.slice(same.length - after),
  ];
}

/** Two texts line by line. Nothing where they are equal. */
export function diffRows(first: string, second: string): readonly DiffRow[] {
  const [a, b] = [linesOf(first), linesOf(second)];
  const [lettersA = '', lettersB = ''] = asLetters([a, b]);
  const changes = diff(lettersA, lettersB, LIMITS);
  if (changes.length === 0) return [];
  let [atA, atB] = [0, 0];
  const rows = changes.flatMap(({ fromA, toA, fromB, toB }, index) => {
    const same = pairs('same', part(a, atA, fromA), part(b, atB, fromB));
    [atA, atB] = [toA, toB];
    const changed = pairs('changed', part(a, fromA, toA), part(b, fromB, toB));
    return [...folded(same, index === 0, false), ...changed];
  });
  const rest = pairs('same', part(a, atA, a.length), part(b, atB, b.length));
  return [...rows, ...folded(rest, false, true)];
}
