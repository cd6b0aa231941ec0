import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { compareText } from '#kernel/text-order.ts';

/** Items of one partition in some order, a few at a time. */
export type Reader = (limit: number) => Promise<{
  readonly items: readonly Item[];
  readonly done: boolean;
}>;

/** Bounds of sort keys, both inclusive. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The least sort key after this one. */
const next = (sk: string): string => `${sk}\u0001`;

const isBefore = (a: string, b: string): boolean => compareText(a, b) < 0;

/** The items of a range, those after the sort key `after`. Copies of the table may be read: see sweep-runs.ts. */
export function forward(
  { table }: Pick<Context, 'table'>,
  pk: string,
  range: Range,
  after?: string,
): Reader {
  const begin = after === undefined ? range.from : next(after);
  let from = isBefore(begin, range.from) ? range.from : begin;
  return async (limit) => {
    if (isBefore(range.to, from)) return { items: [], done: true };
    const page = await table.query({ pk, sk: { from, to: range.to }, limit, eventual: true });
    const last = page.items.at(-1);
    if (last !== undefined) from = next(last.sk);
    return { items: page.items, done: page.next === undefined };
  };
}

/** Items whose sort keys begin alike, up to a character that ends the value. */
const groupRange = (group: string, end: string): Range => ({
  from: `${group}${end}`,
  to: `${group}${end}\u{10ffff}`,
});

const groupOf = (sk: string, end: string): string => sk.slice(0, sk.indexOf(end));

/** Groups of items of equal values, each turned round. */
function groupsOf(items: readonly Item[], end: string): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let value: string | undefined;
  for (const item of items) {
    const own = groupOf(item.sk, end);
    if (own !== value) groups.push([]);
    value = own;
    groups.at(-1)?.unshift(item);
  }
  return groups;
}

/**
 * The items of a range by descending value, those of equal values in ascending order; those after the
 * sort key `after`. A group of equals that is not whole on a page is read from its own beginning.
 */
export function backwardByValue(
  ctx: Pick<Context, 'table'>,
  pk: string,
  range: Range,
  options: { readonly end: string; readonly after?: string | undefined },
): Reader {
  const { end, after } = options;
  const inGroup = (group: string, from?: string): Reader =>
    forward(ctx, pk, groupRange(group, end), from);
  let to = after === undefined ? range.to : groupOf(after, end);
  let group = after === undefined ? undefined : inGroup(to, after);
  const below: Reader = async (limit) => {
    if (isBefore(to, range.from)) return { items: [], done: true };
    const sk = { from: range.from, to };
    const page = await ctx.table.query({
      pk,
      sk,
      limit,
      order: 'descending',
      eventual: true,
    });
    const groups = groupsOf(page.items, end);
    if (page.next === undefined) return { items: groups.flat(), done: true };
    to = groupOf(page.items.at(-1)?.sk ?? range.from, end);
    group = inGroup(to);
    return { items: groups.slice(0, -1).flat(), done: false };
  };
  return async (limit) => {
    const wholeGroups = group === undefined ? await below(limit) : { items: [], done: false };
    if (wholeGroups.done || wholeGroups.items.length > 0 || group === undefined) return wholeGroups;
    const page = await group(limit);
    if (page.done) group = undefined;
    return { items: page.items, done: false };
  };
}
