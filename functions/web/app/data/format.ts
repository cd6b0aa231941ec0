/** Numbers, times and sizes as people read them, in their own zone and language. */

const SECOND = 1000;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400 * SECOND],
  ['hour', 3_600 * SECOND],
  ['minute', 60 * SECOND],
  ['second', SECOND],
];

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

type Moment = number | string | Date;
const dateOf = (moment: Moment): Date => (moment instanceof Date ? moment : new Date(moment));

/** "3 min. ago"; the date itself when it is a month away. */
export function ago(moment: Moment, now = Date.now()): string {
  const ms = dateOf(moment).getTime() - now;
  if (Math.abs(ms) > 30 * 86_400 * SECOND) return day.format(dateOf(moment));
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['second', SECOND];
  return relative.format(Math.round(ms / length), unit);
}

export const fullTime = (moment: Moment): string => absolute.format(dateOf(moment));
export const dayOf = (moment: Moment): string => day.format(dateOf(moment));
export const clockTime = (moment: Moment): string => clock.format(dateOf(moment));

/** 3_725 seconds as "1 h 2 min". */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'];

/** 1_234_567 bytes as "1.2 MB". */
export function bytes(count: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), SIZES.length - 1);
  const value = count / 1000 ** power;
  return `${power === 0 ? value : value.toPrecision(3)} ${SIZES[power]}`;
}

const plain = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
/** Of things that are counted. */
export const count = (value: number): string => plain.format(value);

const few = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 5 });
/** A measured value; what is very large or small with its exponent. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(3);
  return few.format(value);
}

const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });
/** 0.0312 as "3.12 %". */
export const percent = (value: number): string => share.format(value);

/** Dollars; what is less than a cent as such. */
export function dollars(value: number): string {
  if (value > 0 && value < 0.01) return '< $0.01';
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(value);
}
