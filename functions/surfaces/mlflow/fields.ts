import * as z from 'zod';
import { MAX_RUN_TIME } from '#domain/tracking/index.ts';
import { RUN_ID } from '#kernel/ids.ts';

/** Fields of messages as protobuf's JSON has them; `null` counts as absent (see arguments.ts). */
const INTEGER = /^-?\d{1,19}$/;
// Each text fits in one way at most, so that none takes more than its length.
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const LIMIT = 1n << 63n;

function toInt64(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && INTEGER.test(value)) return BigInt(value);
  return typeof value === 'bigint' ? value : undefined;
}

/** A number or decimal text, exactly. */
export const int64 = () =>
  z.unknown().transform((value, ctx): bigint => {
    const integer = toInt64(value);
    if (integer !== undefined && integer >= -LIMIT && integer < LIMIT) return integer;
    ctx.addIssue({ code: 'custom', message: 'not an integer of 64 bits' });
    return z.NEVER;
  });

function toDouble(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value !== 'string' || !DECIMAL.test(value)) return undefined;
  return Number(value);
}

/** A number, or a text of one, `NaN`, `Infinity` or `-Infinity`. */
export const double = () =>
  z.unknown().transform((value, ctx): number => {
    const number = toDouble(value);
    const named = value === 'Infinity' || value === '-Infinity';
    // A literal beyond the doubles must not turn into infinity unseen.
    const overflown = number !== undefined && Math.abs(number) === Number.POSITIVE_INFINITY;
    if (number !== undefined && (named || !overflown)) return number;
    ctx.addIssue({
      code: 'custom',
      message: 'Please specify value as a valid double (64-bit floating point)',
    });
    return z.NEVER;
  });

/** A required string that is not empty. */
export const filled = () => z.string().min(1);

/** A repeated field, which a query string may hold once. */
export const repeated = () =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(filled()));

export const runId = () => z.string().min(1).regex(RUN_ID);

/** Times of runs fit a double. */
export const milliseconds = () =>
  int64().transform((value, ctx): number => {
    if (value >= 0n && value <= BigInt(MAX_RUN_TIME)) return Number(value);
    ctx.addIssue({
      code: 'custom',
      message: `Use milliseconds since the epoch, from 0 to ${MAX_RUN_TIME}`,
    });
    return z.NEVER;
  });

/** A page's size: a positive integer; more than `most` counts as `most`, or is refused. */
export const pageSize = (most: number, { refuse = false } = {}) =>
  int64().transform((value, ctx): number => {
    const isMore = value > BigInt(most);
    if (value > 0n && !(isMore && refuse)) return isMore ? most : Number(value);
    const bound = refuse ? ` of at most ${most}` : '';
    ctx.addIssue({ code: 'custom', message: `Use a positive integer${bound}` });
    return z.NEVER;
  });

/** Texts of a query, where one is no list, or of a body. */
export const listed = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(z.string()).default([]),
  );

export const Entry = z.object({ key: filled(), value: z.string().default('') });

export const MetricFields = {
  key: filled(),
  value: double(),
  timestamp: int64(),
  step: int64().optional(),
};

const VIEWS = { ACTIVE_ONLY: 'active', DELETED_ONLY: 'deleted', ALL: 'all' } as const;
type ViewName = keyof typeof VIEWS;
const VIEW_NAMES: readonly ViewName[] = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'];

/** Which things by whether they are deleted, by its name or by its number in protobuf. */
export const View = z
  .preprocess((value) => {
    const isText = typeof value === 'string' || typeof value === 'number';
    return (isText && VIEW_NAMES[['1', '2', '3'].indexOf(String(value))]) || value;
  }, z.enum(VIEW_NAMES))
  .transform((name) => VIEWS[name]);
