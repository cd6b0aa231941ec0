import * as z from 'zod';

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

const FORM = /^(?:(\d{1,5}) )?(\d{1,2}):(\d{2}):(\d{2})$/;

/** Seconds as days and a time of day, as the original has them. */
export function shownDuration(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const time = [(seconds % DAY) / HOUR, (seconds % HOUR) / MINUTE, seconds % MINUTE].map(two);
  const days = Math.floor(seconds / DAY);
  return `${days > 0 ? `${days} ` : ''}${time.join(':')}`;
}

/** A number of seconds, or a text such as "14 00:00:00". */
export const Duration = z.union([
  z
    .int()
    .nonnegative()
    .max(10 ** 9),
  z
    .string()
    .regex(FORM, 'Use "days hours:minutes:seconds" or seconds.')
    .transform((text) => {
      const [, days = 0, hours, minutes, seconds] = FORM.exec(text) ?? [];
      return Number(days) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds);
    }),
]);
