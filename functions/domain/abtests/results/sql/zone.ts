import { offsetsOf } from '../days.ts';
import { secondsLiteral, timeLiteral } from './literal.ts';

const shifted = (time: string, seconds: number): string => {
  if (seconds === 0) return time;
  return `${time} ${seconds > 0 ? '+' : '-'} ${secondsLiteral(Math.abs(seconds))}`;
};

/** What clocks of a time zone show at `time`; of times outside of `from` to `to` roughly. */
export function shownAt(time: string, timezone: string, from: number, to: number): string {
  const offsets = offsetsOf(timezone, from, to);
  const last = shifted(time, offsets.at(-1)?.seconds ?? 0);
  if (offsets.length < 2) return `(${last})`;
  const cases = offsets
    .slice(0, -1)
    .map(
      ({ until, seconds }) => `WHEN ${time} < ${timeLiteral(until)} THEN ${shifted(time, seconds)}`,
    );
  return `(CASE ${cases.join(' ')} ELSE ${last} END)`;
}
