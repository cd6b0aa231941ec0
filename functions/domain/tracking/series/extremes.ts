/** Values that no scale has a place for: each kind that occurs in a part is shown in it. */
const KINDS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** First, lowest, highest and last of a part. */
const OF_NUMBERS = 4;
/** The least that any values can be told by. */
export const LEAST_SAMPLE = OF_NUMBERS + KINDS.length;

interface Bounds {
  readonly from: number;
  /** Not within. */
  readonly to: number;
}

const isOfKind = (kind: number) => (value: number) => Object.is(value, kind);

function kindsIn(values: Float64Array): readonly number[] {
  const found = new Set<number>();
  for (const value of values) if (!Number.isFinite(value)) found.add(value);
  return KINDS.filter((kind) => found.has(kind));
}

/** Where the lowest and the highest number are, of equal ones the first; nowhere without numbers. */
function extremesWithin(values: Float64Array, { from, to }: Bounds): readonly number[] {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [least, most] = [-1, -1];
  for (let at = from; at < to; at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    if (value < lowest) [lowest, least] = [value, at];
    if (value > highest) [highest, most] = [value, at];
  }
  return least < 0 ? [] : [least, most];
}

function firstWithin(values: Float64Array, { from, to }: Bounds, kind: number): readonly number[] {
  const at = values.subarray(from, to).findIndex(isOfKind(kind));
  return at < 0 ? [] : [from + at];
}

/**
 * The places, in order, of at most `most` values (7 or more) that a drawing of all of them needs: equally long parts
 * are each told by their first, lowest, highest and last value and by the first of each kind that is no finite
 * number, so that no outlier is lost. All places where there are no more.
 */
export function extremes(values: Float64Array, most: number): Uint32Array {
  const { length } = values;
  if (length <= most) return Uint32Array.from({ length }, (_, at) => at);
  const kinds = kindsIn(values);
  const parts = Math.floor(most / (OF_NUMBERS + kinds.length));
  const places: number[] = [];
  for (let part = 0; part < parts; part += 1) {
    const bounds = {
      from: Math.floor((part * length) / parts),
      to: Math.floor(((part + 1) * length) / parts),
    };
    const others = kinds.flatMap((kind) => firstWithin(values, bounds, kind));
    const all = [bounds.from, ...extremesWithin(values, bounds), bounds.to - 1, ...others];
    places.push(...new Set(all.sort((a, b) => a - b)));
  }
  return Uint32Array.from(places);
}
