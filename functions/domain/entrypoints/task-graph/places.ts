import type { JsonList, JsonMap } from './json.ts';

/** An entry of a map or list, which may have been written somewhere. */
export type Spot = { readonly within: JsonMap | JsonList; readonly key: string };

/** Counted from 1. */
export type Place = { readonly line: number; readonly column: number };

/** Where the entries of maps and lists were written: offsets into the text by key or index. */
export type Positions = WeakMap<JsonMap | JsonList, ReadonlyMap<string, number>>;

/** The place of the first spot that is known. */
export type PlaceOf = (spots: readonly Spot[]) => Place | undefined;

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}

/** Finds lines and columns of offsets into a text. */
export function placeFinder(text: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(offset, text.length) - (starts[low] ?? 0) + 1 };
  };
}

export function placesIn(text: string, positions: Positions): PlaceOf {
  const find = placeFinder(text);
  return (spots) => {
    for (const { within, key } of spots) {
      const offset = positions.get(within)?.get(key);
      if (offset !== undefined) return find(offset);
    }
    return undefined;
  };
}
