import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Filter } from '#kernel/filter/ast.ts';
import { type FieldValue, matches } from '#kernel/filter/matches.ts';
import { compareText } from '#kernel/text-order.ts';
import { isPromptRow, type Text } from './registry.items.ts';
import { PROMPT_TAG } from './schemas.ts';
import { loadTexts, textBytes, type Wanted } from './texts.ts';
import { asksForPrompts, tagsAskedFor } from './vocabulary.ts';

/** What is asked of a search; `after` is the `next` of the page before. */
export interface SearchRequest {
  readonly filter?: string;
  readonly orderBy: readonly string[];
  readonly limit: number;
  readonly after?: string;
}

export interface SearchPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins, where there is one. */
  readonly next?: string;
}

/** Answers stay below the 5 MB that every way in can carry. */
const MAX_ANSWER_BYTES = 4_000_000;

/** Where a row stands in an order: the values that it is ordered by, the first above the others. */
export type Place = readonly (string | number)[];

/** How rows are ordered. */
export interface Ordering<R> {
  readonly placeOf: (row: R) => Place;
  /** Of each value, whether it ascends. */
  readonly ascending: readonly boolean[];
}

const compareOne = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));

export function comparePlaces(ascending: readonly boolean[], a: Place, b: Place): number {
  for (const [index, up] of ascending.entries()) {
    const order = compareOne(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return up ? order : -order;
  }
  return 0;
}

/** The place that a page token names; it is signed, so only an older version made another. */
export function placeIn<R>(
  { after }: SearchRequest,
  { ascending }: Ordering<R>,
): Place | undefined {
  if (after === undefined) return undefined;
  const place: unknown = JSON.parse(after);
  if (Array.isArray(place) && place.length === ascending.length) return place;
  throw invalid('page_token', 'Invalid page token.');
}

/** Rows that a search may show, with what tells whether they fit. */
export interface Candidate {
  readonly modelId: string;
  readonly tags: ReadonlyMap<string, Text>;
  readonly attribute: (key: string) => FieldValue;
}

/** Those of some rows that fit a filter, in their order. */
export async function fitting<C extends Candidate>(
  ctx: Context,
  filter: Filter | undefined,
  rows: readonly C[],
): Promise<readonly C[]> {
  const withPrompts = asksForPrompts(filter);
  const shown = withPrompts ? rows : rows.filter((row) => !isPromptRow(row));
  if (filter === undefined) return shown;
  const asked = tagsAskedFor(filter);
  const wanted: readonly Wanted[] = shown.flatMap(({ modelId, tags }) =>
    asked.flatMap((key) => {
      const text = tags.get(key);
      return text === undefined ? [] : [{ modelId, text }];
    }),
  );
  const read = await loadTexts(ctx, wanted);
  return shown.filter(({ modelId, tags, attribute }) =>
    matches(filter, ({ entity, key }) => {
      if (entity !== 'tag') return attribute(key);
      const text = tags.get(key);
      if (text !== undefined) return read(modelId, text);
      // Whatever is no prompt counts as marked so.
      return key === PROMPT_TAG ? 'false' : undefined;
    }),
  );
}

/** The bytes that texts add to an answer beside what the rows hold. */
export const farBytes = (tags: ReadonlyMap<string, Text>): number =>
  [...tags.values()].reduce(
    (sum, text) => sum + (typeof text === 'string' ? 0 : textBytes(text)),
    0,
  );

/** The rows of a page: the first ones in order, as many as were asked for and an answer can carry. */
export function pageOf<R>(
  rows: readonly R[],
  request: SearchRequest,
  { placeOf, ascending }: Ordering<R>,
  bytesOf: (row: R) => number,
): SearchPage<R> {
  const after = placeIn(request, { placeOf, ascending });
  const placed = rows
    .map((row) => ({ row, place: placeOf(row) }))
    .filter(({ place }) => after === undefined || comparePlaces(ascending, place, after) > 0)
    .sort((a, b) => comparePlaces(ascending, a.place, b.place));
  const taken: typeof placed = [];
  let bytes = 0;
  for (const each of placed) {
    bytes += bytesOf(each.row);
    const isFull = taken.length >= request.limit || bytes > MAX_ANSWER_BYTES;
    if (taken.length > 0 && isFull) break;
    taken.push(each);
  }
  const last = taken.at(-1);
  const isAll = taken.length === placed.length || last === undefined;
  return {
    items: taken.map(({ row }) => row),
    ...(isAll ? {} : { next: JSON.stringify(last.place) }),
  };
}
