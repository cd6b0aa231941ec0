/**
 * Text that sorts, byte by byte, as the numbers that it stands for: what ranks in conditions
 * and pages are made of.
 */
const SIGN = 1n << 63n;
const HEX = 16;

export const MIN_INT64 = -SIGN;
export const MAX_INT64 = SIGN - 1n;

const view = new DataView(new ArrayBuffer(8));

const toHex = (bits: bigint): string => bits.toString(16).padStart(HEX, '0');
const bitsOf = (hex: string): bigint => BigInt(`0x${hex}`);

/** 16 hex digits of a signed 64-bit integer. */
export const orderedInt64 = (value: bigint): string => toHex(value + SIGN);

export const readOrderedInt64 = (hex: string): bigint => bitsOf(hex) - SIGN;

const HALF = HEX / 2;
/** The bit of the sign in the upper half of a double. */
const TOP = 0x8000_0000;
const ONES = 0xffff_ffff;

/** Engines may keep the bits of other NaNs; one spelling makes repeats equal. */
const ORDERED_NAN = 'fff8000000000000';

const halfHex = (half: number): string => (half >>> 0).toString(16).padStart(HALF, '0');

/**
 * 16 hex digits of a double: −Infinity first, −0 before 0, Infinity and then NaN last. In halves, since
 * searches do this for each run that they look at, and bigints take several times as long.
 */
export function orderedDouble(value: number): string {
  if (Number.isNaN(value)) return ORDERED_NAN;
  view.setFloat64(0, value);
  const [upper, lower] = [view.getUint32(0), view.getUint32(4)];
  return upper >= TOP
    ? halfHex(upper ^ ONES) + halfHex(lower ^ ONES)
    : halfHex(upper | TOP) + halfHex(lower);
}

export function readOrderedDouble(hex: string): number {
  const upper = Number.parseInt(hex.slice(0, HALF), 16);
  const lower = Number.parseInt(hex.slice(HALF), 16);
  const isPositive = upper >= TOP;
  view.setUint32(0, isPositive ? upper ^ TOP : upper ^ ONES);
  view.setUint32(4, isPositive ? lower : lower ^ ONES);
  return view.getFloat64(0);
}

/** Behind 0 and before what is above: the databases of MLflow keep NaN as 0 with a mark beside it. */
const NAN_OF_POINT = `${orderedDouble(0)}~`;

const orderedValue = (value: number): string =>
  Number.isNaN(value) ? NAN_OF_POINT : orderedDouble(value);

const readOrderedValue = (text: string): number =>
  text === NAN_OF_POINT ? Number.NaN : readOrderedDouble(text);

/** One value of a metric. */
export interface Point {
  readonly step: bigint;
  /** Milliseconds since the epoch, as the client says. */
  readonly timestamp: bigint;
  readonly value: number;
}

/** Of two points the later one has the higher rank: by step, then timestamp, then value. */
export const rankOf = ({ step, timestamp, value }: Point): string =>
  orderedInt64(step) + orderedInt64(timestamp) + orderedValue(value);

/** The value of the point with this rank. */
export const valueOfRank = (rank: string): number => readOrderedValue(rank.slice(2 * HEX));

export const readRank = (rank: string): Point => ({
  step: readOrderedInt64(rank.slice(0, HEX)),
  timestamp: readOrderedInt64(rank.slice(HEX, 2 * HEX)),
  value: valueOfRank(rank),
});

export const compareIntegers = (a: bigint | number, b: bigint | number): number =>
  a < b ? -1 : Number(a > b);

const nanAgainst = (value: number): number => (value > 0 ? -1 : 1);

/** As {@link orderedValue} sorts. */
export function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  return Number.isNaN(a) ? nanAgainst(b) : -nanAgainst(a);
}

/** Below 0 when `a` has the lower rank: compares as their texts do, without making them. */
export const compareRanks = (a: Point, b: Point): number =>
  compareIntegers(a.step, b.step) ||
  compareIntegers(a.timestamp, b.timestamp) ||
  compareValues(a.value, b.value);

/** Not below the rank of any point of this step, and below those of later steps. */
export const endOfStep = (step: bigint): string => `${orderedInt64(step)}~`;

/** Where a point stands in a history: by timestamp, then step, then value. */
export const historyPlace = ({ step, timestamp, value }: Point): string =>
  orderedInt64(timestamp) + orderedInt64(step) + orderedValue(value);

/** The point at a place that {@link historyPlace} made. */
export const readHistoryPlace = (place: string): Point => ({
  timestamp: readOrderedInt64(place.slice(0, HEX)),
  step: readOrderedInt64(place.slice(HEX, 2 * HEX)),
  value: readOrderedValue(place.slice(2 * HEX)),
});

/** Below 0 when `a` comes first in a history: compares as their places do. */
export const comparePlaces = (a: Point, b: Point): number =>
  compareIntegers(a.timestamp, b.timestamp) ||
  compareIntegers(a.step, b.step) ||
  compareValues(a.value, b.value);
