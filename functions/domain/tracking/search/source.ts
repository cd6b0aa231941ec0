import type { Context } from '#kernel/context.ts';
import type { Order } from '#kernel/filter/ast.ts';
import { pad } from '#kernel/keys.ts';
import type { Item } from '#kernel/table.ts';
import { type Card, decodeCard } from '../run-index/card.ts';
import { indexKeys, type Shelf } from '../run-index/index.items.ts';
import { END, LAST } from '../run-index/place.ts';
import { MAX_RUN_TIME } from '../schemas.ts';
import { type Condition, EVERYTHING, isAbout, NOT_A_NUMBER, NUMBERS } from './conditions.ts';
import { indexKeyOf, type Place } from './order.ts';
import { backwardByValue, forward, type Range, type Reader } from './scan.ts';

/** A run that an index names, in its place; `card` where the index has it. */
export interface Candidate {
  readonly shelf: Shelf;
  readonly tail: string;
  readonly card?: Card;
  /** Where the index says that it stands; without it where its card says. */
  readonly place?: Place;
  /** It counts only where it has no value to be ordered by. */
  readonly lacks?: true;
}

/** Runs of one shelf in the order of a search; the last answer is said to be so. */
export type Source = (
  limit: number,
) => Promise<{ readonly candidates: readonly Candidate[]; readonly done: boolean }>;

/** What a search asks for, as far as one shelf is concerned. */
export interface Walk {
  /** At most one clause; without it the default order. */
  readonly order?: Order | undefined;
  readonly conditions: readonly Condition[];
  readonly starts: { readonly from: number; readonly to: number };
  /** Runs that come after this place. */
  readonly after?: Place | undefined;
}

const CARD_END = '#';

const startKey = (time: number): string => pad(MAX_RUN_TIME - time);

/** Cards of runs that started then; the latest come first. */
function cardRange({ from, to }: Walk['starts']): Range {
  const earliest = Math.max(0, Math.ceil(from));
  const latest = Math.min(MAX_RUN_TIME, Math.floor(to));
  if (earliest > latest) return { from: '1', to: '0' };
  return { from: startKey(latest), to: `${startKey(earliest)}${LAST}` };
}

const ofCard =
  (shelf: Shelf) =>
  ({ sk, card }: Item): Candidate => ({ shelf, tail: sk, card: decodeCard(card as string) });

const ofEntry =
  (shelf: Shelf, phase: number) =>
  ({ sk }: Item): Candidate => {
    const at = sk.indexOf(END);
    const tail = sk.slice(at + 1);
    const value = phase === 0 ? sk.slice(0, at) : '';
    return { shelf, tail, place: { ranks: [[phase, value]], tail } };
  };

/** One reader after the other, each made when it is its turn. */
function inTurn(
  parts: readonly (() => { reader: Reader; read: (item: Item) => Candidate })[],
): Source {
  const rest = [...parts];
  let current = rest.shift()?.();
  return async (limit) => {
    if (current === undefined) return { candidates: [], done: true };
    const { items, done } = await current.reader(limit);
    const candidates = items.map(current.read);
    if (done) current = rest.shift()?.();
    return { candidates, done: current === undefined };
  };
}

/** The default order: cards, or the entries of one value, which stand in it as well. */
function byStart(ctx: Context, shelf: Shelf, walk: Walk): Source {
  const { conditions, after, starts } = walk;
  const one = conditions.find(({ isOneValue }) => isOneValue);
  if (one === undefined) {
    const reader = forward(ctx, indexKeys.cards(shelf), cardRange(starts), after?.tail);
    return inTurn([() => ({ reader, read: ofCard(shelf) })]);
  }
  const value = one.range.from.slice(0, one.range.from.indexOf(END) + 1);
  const from = after === undefined ? undefined : `${value}${after.tail}`;
  const reader = forward(ctx, indexKeys.entries(shelf, one.key), one.range, from);
  const read = ofEntry(shelf, 0);
  return inTurn([
    () => ({
      reader,
      read: (item) => {
        const { tail } = read(item);
        return { shelf, tail, place: { ranks: [], tail } };
      },
    }),
  ]);
}

/** The earliest start first. */
function byEarliestStart(ctx: Context, shelf: Shelf, { starts, after }: Walk): Source {
  const range = cardRange(starts);
  const options = { end: CARD_END, after: after?.tail };
  const reader = backwardByValue(ctx, indexKeys.cards(shelf), range, options);
  return inTurn([() => ({ reader, read: ofCard(shelf) })]);
}

/** By the values of one key; where missing values may be, they come last in the default order. */
function byValue(ctx: Context, shelf: Shelf, walk: Walk, order: Order): Source {
  const key = indexKeyOf(order);
  if (key === undefined) throw new Error(`There is no index of ${order.field.key}.`);
  const { conditions, after, starts } = walk;
  const pk = indexKeys.entries(shelf, key);
  const [reached, value] = after?.ranks[0] ?? [0, ''];
  const here = (phase: number): string | undefined => (reached === phase ? after?.tail : undefined);
  const own = conditions.find((condition) => isAbout(condition, key));
  const range = own?.range ?? (key.kind === 'metric' ? NUMBERS : EVERYTHING);
  const at = here(0) === undefined ? undefined : `${value}${END}${after?.tail}`;
  const present = {
    reader: order.ascending
      ? forward(ctx, pk, range, at)
      : backwardByValue(ctx, pk, range, { end: END, after: at }),
    read: ofEntry(shelf, 0),
  };
  const noNumbers = () => ({
    reader: forward(
      ctx,
      pk,
      { from: `${NOT_A_NUMBER}${END}`, to: `${NOT_A_NUMBER}${END}${LAST}` },
      here(1) === undefined ? undefined : `${NOT_A_NUMBER}${END}${here(1)}`,
    ),
    read: ofEntry(shelf, 1),
  });
  const missing = () => ({
    reader: forward(ctx, indexKeys.cards(shelf), cardRange(starts), here(2)),
    read: (item: Item): Candidate => ({
      ...ofCard(shelf)(item),
      place: { ranks: [[2, '']], tail: item.sk },
      lacks: true,
    }),
  });
  const phases = [
    { phase: 0, part: () => present },
    ...(key.kind === 'metric' && own === undefined ? [{ phase: 1, part: noNumbers }] : []),
    ...(own === undefined ? [{ phase: 2, part: missing }] : []),
  ];
  return inTurn(phases.filter(({ phase }) => phase >= reached).map(({ part }) => part));
}

/** The runs of a shelf in order, as far as the index knows them. */
export function sourceOf(ctx: Context, shelf: Shelf, walk: Walk): Source {
  const { order } = walk;
  if (order === undefined) return byStart(ctx, shelf, walk);
  if (order.field.entity === 'attribute' && order.field.key === 'start_time') {
    return byEarliestStart(ctx, shelf, walk);
  }
  return byValue(ctx, shelf, walk, order);
}
