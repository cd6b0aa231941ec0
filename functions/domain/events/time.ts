/** A time of a client's clock: milliseconds since the epoch, and up to three digits beyond. */
export interface ClientTime {
  readonly ms: number;
  readonly micros: string;
}

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?)? ?(Z|z|[+-]\d\d:?\d\d|[+-]\d\d)?$/;
/** Numbers below are seconds, and would be times of 1973 as milliseconds. */
const LEAST_MS = 1e11;

const zoneOf = (zone: string | undefined): string => {
  if (zone === undefined || /^z$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
};

function ofNumber(value: number): ClientTime | undefined {
  const ms = Math.abs(value) < LEAST_MS ? value * 1000 : value;
  return Math.abs(ms) < 8e15 ? { ms: Math.trunc(ms), micros: '' } : undefined;
}

/** ISO 8601 (UTC where no zone is named) or seconds or milliseconds since the epoch; `undefined` for what is no time. */
export function timeOf(value: unknown): ClientTime | undefined {
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  if (/^\d{9,16}$/.test(text)) return ofNumber(Number(text));
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day, minute = '00:00', second = ':00', fraction = '', zone] = match;
  const ms = Date.parse(
    `${day}T${minute}${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zoneOf(zone)}`,
  );
  if (Number.isNaN(ms)) return undefined;
  return { ms, micros: fraction.slice(3, 6) };
}

/** As it is stored: UTC, with as many digits as the client knew. */
export const isoOf = ({ ms, micros }: ClientTime): string =>
  `${new Date(ms).toISOString().slice(0, -1)}${micros}Z`;

const SKEW_STEP_MS = 600_000;

/**
 * How wrong a client's clock is, in whole ten minutes and none below five: that a batch took some
 * seconds, or that it is a second try, must not move its events.
 */
export const skewOf = (sentAt: number | undefined, receivedOn: number): number =>
  sentAt === undefined ? 0 : Math.round((receivedOn - sentAt) / SKEW_STEP_MS) * SKEW_STEP_MS + 0;
