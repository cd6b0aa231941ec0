import { numberOf } from './values.ts';

const MAX_TEXT = 100;
const RELATIVE = /^-?(\d{1,4})([hdwmy])$/;
const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOURS: { readonly [unit: string]: number } = { h: HOUR, d: DAY, w: 7 * DAY };

/** The last day of a month, whose number may be below 0 or above 11. */
const lastDay = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/**
 * Goes back one month after the other and stays where a shorter month cuts the day:
 * two months before 31 March is 28 January.
 */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  let day = date.getUTCDate();
  for (let step = 1; step <= months && day > 28; step += 1) {
    day = Math.min(day, lastDay(year, month - step));
  }
  return date.setUTCFullYear(year, month - months, day);
}

function yearsBefore(now: number, years: number): number {
  const date = new Date(now);
  const isLeapDay = date.getUTCMonth() === 1 && date.getUTCDate() === 29;
  const day = isLeapDay && years > 0 ? 28 : date.getUTCDate();
  return date.setUTCFullYear(date.getUTCFullYear() - years, date.getUTCMonth(), day);
}

/** A time before now as -3d, 2h, -1w, -6m or -1y say it. */
function relativeDate(text: string, now: number): number | undefined {
  const [, digits, unit = ''] = RELATIVE.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits);
  const length = HOURS[unit];
  if (length !== undefined) return now - count * length;
  return unit === 'm' ? monthsBefore(now, count) : yearsBefore(now, count);
}

function minutesOf(zone: string): number {
  const [, sign, hours = 0, minutes = 0] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -offset : offset;
}

function absoluteDate(text: string): number | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '0', zone = 'Z'] = parts;
  const time = [Number(hour), Number(minute), Number(second)] as const;
  const offset = minutesOf(zone);
  if (time[0] > 23 || time[1] > 59 || time[2] > 59 || Math.abs(offset) >= 1440) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // Date carries days beyond the end of a month over into the next.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return undefined;
  }
  date.setUTCHours(...time, Math.floor(Number(`0.${fraction}`) * 1000));
  return date.valueOf() - offset * 60_000;
}

/**
 * A date that a filter names, in milliseconds since the epoch: relative to now, or in ISO 8601.
 * Dates without a zone are of UTC. Undefined for anything else.
 */
export function dateOf(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string' || value.length > MAX_TEXT) return undefined;
  return relativeDate(value, now) ?? absoluteDate(value);
}

/** The same of a person's property, where numbers are seconds since the epoch. */
export function datePropertyOf(value: unknown, now: number): number | undefined {
  const seconds = numberOf(value);
  return seconds === undefined ? dateOf(value, now) : seconds * 1000;
}
