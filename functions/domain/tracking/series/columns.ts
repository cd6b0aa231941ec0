import type { Item } from '#kernel/table.ts';
import { compareIntegers, compareValues } from '../ordered.ts';
import { pointsOf } from '../points.ts';
import { type Columns, LEAST_POINT_BYTES, unpackInto } from './unpack-columns.ts';

/** What points are in the order of; of equal ones the other decides, then the value. */
export type Axis = 'step' | 'time';
export type Integer = number | bigint;

/** `list` is known to reach that far. */
const at = <T>(list: ArrayLike<T>, place: number): T => list[place] as T;

const axisOf = ({ steps, timestamps }: Columns, axis: Axis): ArrayLike<Integer> =>
  axis === 'step' ? steps : timestamps;

const segmentsOf = (chunk: Item): readonly Uint8Array[] =>
  (chunk.points ?? []) as unknown as readonly Uint8Array[];

const part = (columns: Columns, from: number, to: number): Columns => ({
  steps: columns.steps.subarray(from, to),
  timestamps: columns.timestamps.subarray(from, to),
  values: columns.values.subarray(from, to),
});

/** A loop, as all of this is for a million points at once: `from` with a function takes many times as long. */
function picked<T extends Float64Array | BigInt64Array>(list: T, places: Uint32Array): T {
  const taken = list.slice(0, places.length) as T;
  for (let place = 0; place < places.length; place += 1) {
    taken[place] = at<Integer>(list, at(places, place)) as never;
  }
  return taken;
}

/** The points at these places. */
export const pointsAt = ({ steps, timestamps, values }: Columns, places: Uint32Array): Columns => ({
  steps: picked(steps, places),
  timestamps: picked(timestamps, places),
  values: picked(values, places),
});

/** As doubles, which takes a fraction of the time; nothing where one does not hold an integer. */
function inDoubles(chunks: readonly Item[]): Columns | undefined {
  const bytes = chunks.flatMap(segmentsOf).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const most = Math.floor(bytes / LEAST_POINT_BYTES);
  const columns = {
    steps: new Float64Array(most),
    timestamps: new Float64Array(most),
    values: new Float64Array(most),
  };
  let length: number | undefined = 0;
  for (const chunk of chunks) {
    for (const segment of segmentsOf(chunk)) {
      length = unpackInto(columns, length, { bytes: segment, base: chunk.base as number });
      if (length === undefined) return undefined;
    }
  }
  return part(columns, 0, length);
}

function inBigints(chunks: readonly Item[]): Columns {
  const points = pointsOf(chunks);
  return {
    steps: BigInt64Array.from(points, ({ step }) => step),
    timestamps: BigInt64Array.from(points, ({ timestamp }) => timestamp),
    values: Float64Array.from(points, ({ value }) => value),
  };
}

function isOrdered(length: number, compare: (a: number, b: number) => number): boolean {
  for (let place = 1; place < length; place += 1) if (compare(place - 1, place) >= 0) return false;
  return true;
}

/** The points of chunks along an axis, exact repeats dropped. */
export function columnsOf(chunks: readonly Item[], axis: Axis): Columns {
  const columns = inDoubles(chunks) ?? inBigints(chunks);
  const first = axisOf(columns, axis);
  const second = axisOf(columns, axis === 'step' ? 'time' : 'step');
  const compare = (a: number, b: number): number =>
    compareIntegers(at(first, a), at(first, b)) ||
    compareIntegers(at(second, a), at(second, b)) ||
    compareValues(at(columns.values, a), at(columns.values, b));
  const { length } = columns.values;
  // Most are in order already, since runs log as time goes by.
  if (isOrdered(length, compare)) return columns;
  const places = Uint32Array.from({ length }, (_, place) => place).sort(compare);
  return pointsAt(
    columns,
    places.filter((place, index) => index === 0 || compare(at(places, index - 1), place) < 0),
  );
}

/** How many of a list in order, from its beginning, are as wanted. */
function leading(list: ArrayLike<Integer>, isWanted: (value: Integer) => boolean): number {
  let count = 0;
  while (count < list.length && isWanted(at(list, count))) count += 1;
  return count;
}

/** The points from `from` to `to` on the axis that they are in the order of, both inclusive. */
export function within(
  columns: Columns,
  axis: Axis,
  { from, to }: { readonly from?: Integer | undefined; readonly to?: Integer | undefined },
): Columns {
  const list = axisOf(columns, axis);
  const before = from === undefined ? 0 : leading(list, (value) => value < from);
  return part(
    columns,
    before,
    to === undefined ? list.length : leading(list, (value) => value <= to),
  );
}
