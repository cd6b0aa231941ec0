import type { Experiment } from './queries.ts';

const DAY_MS = 86_400_000;

type Span = Pick<Experiment, 'start_date'> & Partial<Pick<Experiment, 'end_date'>>;

/** Whole and broken days from the start to the end, or to now. */
export function daysOf(
  { start_date: start, end_date: end = null }: Span,
  now = Date.now(),
): number | undefined {
  if (start === null) return undefined;
  return Math.max(0, ((end === null ? now : Date.parse(end)) - Date.parse(start)) / DAY_MS);
}

/** The day that it is in, or ended on, counted from one. */
export function dayNumber(span: Span, now = Date.now()): number | undefined {
  const days = daysOf(span, now);
  return days === undefined ? undefined : Math.floor(days) + 1;
}
