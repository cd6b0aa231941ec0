import { number } from '../../../data/format.ts';

/** What a run has of a param or metric. */
export type FieldValue = number | string | undefined;

export interface Tick {
  /** From 0 to 1. */
  readonly at: number;
  readonly text: string;
}

/** Where values stand on a line: numbers evenly, by their logarithm, or words one after the other. */
export interface Axis {
  readonly kind: 'linear' | 'log' | 'words';
  /** A value as a number: itself, or the place of its word. Nothing for what has no place. */
  readonly numberOf: (value: FieldValue) => number | undefined;
  /** From 0 to 1; of numbers beyond the ends less or more. */
  readonly place: (value: number) => number;
  /** The number at a place. */
  readonly at: (place: number) => number;
  readonly ticks: readonly Tick[];
  readonly words: readonly string[];
}

/** From this on, large numbers would press small ones together. */
const LOG_FROM = 50;
const TICKS = 5;

/** A text that is all a number. */
function asNumber(value: FieldValue): number | undefined {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) return undefined;
  const read = Number(value);
  return Number.isFinite(read) ? read : undefined;
}

/** NaN and infinities of metrics have no place, but make no words of the others. */
const isNumeric = (value: FieldValue): boolean =>
  value === undefined || typeof value === 'number' || asNumber(value) !== undefined;

/** Round numbers between two, some `TICKS` of them. */
export function roundTicks(least: number, most: number, whole = false): readonly number[] {
  const rough = whole ? Math.max((most - least) / TICKS, 1) : (most - least) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step);
}

function powersOfTen(least: number, most: number): readonly number[] {
  const from = Math.ceil(Math.log10(least) - 1e-9);
  const to = Math.floor(Math.log10(most) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from + 1) / (TICKS + 1)));
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) =>
    Number(`1e${from + index * every}`),
  );
}

function numericAxis(values: readonly number[], log: boolean): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const to = log ? Math.log10 : (value: number) => value;
  const from = log ? (value: number) => 10 ** value : (value: number) => value;
  // One value alone stands in the middle.
  const gap = low === high ? Math.abs(to(low)) * 0.1 || 1 : 0;
  const [first, last] = [to(low) - gap, to(high) + gap];
  const place = (value: number): number => (to(value) - first) / (last - first);
  const round = log
    ? powersOfTen(from(first), from(last))
    : roundTicks(first, last, values.every(Number.isInteger));
  const shown = low === high ? [low] : round.length < 2 ? [low, high] : round;
  return {
    kind: log ? 'log' : 'linear',
    numberOf: asNumber,
    place,
    at: (at) => from(first + at * (last - first)),
    ticks: shown.map((value) => ({ at: place(value), text: number(value) })),
    words: [],
  };
}

function wordAxis(values: readonly string[]): Axis {
  const words = [...new Set(values)].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true }),
  );
  const places = new Map(words.map((word, index) => [word, index]));
  const last = Math.max(words.length - 1, 1);
  const place = (value: number): number => (words.length === 1 ? 0.5 : value / last);
  const every = Math.ceil(words.length / 12) || 1;
  return {
    kind: 'words',
    numberOf: (value) => (value === undefined ? undefined : places.get(String(value))),
    place,
    at: (at) => at * last,
    ticks: words.flatMap((text, index) =>
      index % every === 0 ? [{ at: place(index), text }] : [],
    ),
    words,
  };
}

/** The axis that suits some values; `log` asks for a logarithmic one where that is possible. */
export function axisOf(values: readonly FieldValue[], log?: boolean): Axis {
  const given = values.filter((value) => value !== undefined);
  if (!given.every(isNumeric)) return wordAxis(given.map(String));
  const numbers = given.map(asNumber).filter((value) => value !== undefined);
  if (numbers.length === 0) return wordAxis([]);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const wide = low > 0 && (log ?? high / low >= LOG_FROM);
  return numericAxis(numbers, wide);
}
