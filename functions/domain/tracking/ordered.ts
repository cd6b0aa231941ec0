/**
 * Text that sorts, byte by byte, as the numbers that it stands for: what ranks in conditions
 * and pages are made of.
 */
const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;
const HEX = 16;

export const MIN_INT64 = -SIGN;
export const MAX_INT64 = SIGN - 1n;

const view = new DataView(new ArrayBuffer(8));

const toHex = (bits: bigint): string => bits.toString(16).padStart(HEX, '0');
const bitsOf = (hex: string): bigint => BigInt(`0x${hex}`);

/** 16 hex digits of a signed 64-bit integer. */
export const orderedInt64 = (value: bigint): string => toHex(value + SIGN);

export const readOrderedInt64 = (hex: string): bigint => bitsOf(hex) - SIGN;

/** 16 hex digits of a double: −Infinity first, −0 before 0, Infinity and then NaN last. */
export function orderedDouble(value: number): string {
  view.setFloat64(0, value);
  // Some engines keep the bits of other NaNs; one spelling makes repeats equal.
  const bits = Number.isNaN(value) ? 0x7ff8_0000_0000_0000n : view.getBigUint64(0);
  return toHex(bits >= SIGN ? ~bits & ALL : bits | SIGN);
}

export function readOrderedDouble(hex: string): number {
  const ordered = bitsOf(hex);
  view.setBigUint64(0, ordered >= SIGN ? ordered & ~SIGN : ~ordered & ALL);
  return view.getFloat64(0);
}

/** One value of a metric. */
export interface Point {
  readonly step: bigint;
  /** Milliseconds since the epoch, as the client says. */
  readonly timestamp: bigint;
  readonly value: number;
}

/** Of two points the later one has the higher rank: by step, then timestamp, then value. */
export const rankOf = ({ step, timestamp, value }: Point): string =>
  orderedInt64(step) + orderedInt64(timestamp) + orderedDouble(value);

export const readRank = (rank: string): Point => ({
  step: readOrderedInt64(rank.slice(0, HEX)),
  timestamp: readOrderedInt64(rank.slice(HEX, 2 * HEX)),
  value: readOrderedDouble(rank.slice(2 * HEX)),
});

const compareIntegers = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

/** As {@link orderedDouble} sorts. */
function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Below 0 when `a` has the lower rank: compares as their texts do, without making them. */
export const compareRanks = (a: Point, b: Point): number =>
  compareIntegers(a.step, b.step) ||
  compareIntegers(a.timestamp, b.timestamp) ||
  compareDoubles(a.value, b.value);

/** Not below the rank of any point of this step, and below those of later steps. */
export const endOfStep = (step: bigint): string => `${orderedInt64(step)}~`;

/** Where a point stands in a history: by timestamp, then step, then value. */
export const historyPlace = ({ step, timestamp, value }: Point): string =>
  orderedInt64(timestamp) + orderedInt64(step) + orderedDouble(value);

export const readHistoryPlace = (place: string): Point => ({
  timestamp: readOrderedInt64(place.slice(0, HEX)),
  step: readOrderedInt64(place.slice(HEX, 2 * HEX)),
  value: readOrderedDouble(place.slice(2 * HEX)),
});

/** Below 0 when `a` comes first in a history: compares as their places do. */
export const comparePlaces = (a: Point, b: Point): number =>
  compareIntegers(a.timestamp, b.timestamp) ||
  compareIntegers(a.step, b.step) ||
  compareDoubles(a.value, b.value);

/** The point at a place that {@link historyPlace} made. */
export const readPlace = (place: string): Point => ({
  timestamp: readOrderedInt64(place.slice(0, HEX)),
  step: readOrderedInt64(place.slice(HEX, 2 * HEX)),
  value: readOrderedDouble(place.slice(2 * HEX)),
});
