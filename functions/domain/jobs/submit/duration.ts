import { type AppError, invalid } from '#kernel/errors.ts';

const SECONDS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** The longest that a job may be given. */
export const MAX_TIMEOUT_SECONDS = 30 * 86_400;

const refused = (field: string): AppError =>
  invalid('job_timeout', `${field}: use a time of at most 30 days such as 90s, 30m, 24h or 2d.`);

/**
 * Seconds of a time such as `90s`, `30m`, `24h`, `2d` or a bare number of seconds. Throws `invalid`
 * (`job_timeout`), naming the field.
 */
export function durationSeconds(text: string, field = 'timeout'): number {
  const match = /^([1-9][0-9]{0,8})([smhd]?)$/.exec(text);
  const seconds = Number(match?.[1] ?? Number.NaN) * (SECONDS[match?.[2] || 's'] ?? Number.NaN);
  if (Number.isNaN(seconds) || seconds > MAX_TIMEOUT_SECONDS) throw refused(field);
  return seconds;
}
