import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';

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
  | { readonly kind: 'folded'; readonly lines: number; readonly from: number };

/** Equal lines that are shown around what differs. */
const AROUND = 3;
/** Beyond this much work the comparison is a rough one, and still right. */
const LIMITS = { scanLimit: 5_000, timeout: 1_000 };

const linesIn = (text: Text, from: number, end: number): readonly Line[] => {
  const lines: Line[] = [];
  for (let at = text.lineAt(from).number; at <= text.lineAt(end).number; at += 1) {
    lines.push({ number: at, text: text.line(at).text });
  }
  return lines;
};

const pairs = (kind: 'same' | 'changed', a: readonly Line[], b: readonly Line[]): DiffRow[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, at) => ({ kind, a: a[at], b: b[at] }));

/** Long stretches of equal lines but those next to what differs are folded. */
function folded(same: DiffRow[], isFirst: boolean, isLast: boolean): readonly DiffRow[] {
  const [before, after] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  const hidden = same.length - before - after;
  const first = same[before];
  if (hidden < 4 || first === undefined || first.kind === 'folded') return same;
  const fold: DiffRow = { kind: 'folded', lines: hidden, from: first.a?.number ?? 0 };
  return [...same.slice(0, before), fold, ...same.slice(same.length - after)];
}

const textOf = (content: string): Text => Text.of(content.split(/\r\n|\r|\n/));

/** Two texts line by line. Nothing where they are equal. */
export function diffRows(first: string, second: string): readonly DiffRow[] {
  const [a, b] = [textOf(first), textOf(second)];
  const chunks = Chunk.build(a, b, LIMITS);
  if (chunks.length === 0) return [];
  const rows: DiffRow[] = [];
  let [atA, atB] = [1, 1];
  const same = (linesA: number, isFirst: boolean, isLast: boolean): void => {
    const length = linesA - atA;
    const side = (text: Text, from: number) =>
      Array.from({ length }, (_, at) => ({ number: from + at, text: text.line(from + at).text }));
    rows.push(...folded(pairs('same', side(a, atA), side(b, atB)), isFirst, isLast));
    [atA, atB] = [atA + length, atB + length];
  };
  chunks.forEach((chunk, index) => {
    // A chunk that begins behind the end of a text stands after its last line.
    const startsAt = chunk.fromA > a.length ? a.lines + 1 : a.lineAt(chunk.fromA).number;
    same(startsAt, index === 0, false);
    const left = chunk.fromA === chunk.toA ? [] : linesIn(a, chunk.fromA, chunk.endA);
    const right = chunk.fromB === chunk.toB ? [] : linesIn(b, chunk.fromB, chunk.endB);
    rows.push(...pairs('changed', left, right));
    [atA, atB] = [atA + left.length, atB + right.length];
  });
  same(a.lines + 1, false, true);
  return rows;
}
