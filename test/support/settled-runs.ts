import type { RunDetail } from '#domain/tracking/index.ts';
import { latestItem, newRunItems } from '#domain/tracking/run.items.ts';
import { cardOf, encodeCard } from '#domain/tracking/run-index/card.ts';
import { entriesOfRun, shelfOf } from '#domain/tracking/run-index/entries.ts';
import { cardKey, entryPut, recordWrites } from '#domain/tracking/run-index/index.items.ts';
import type { Write } from '#kernel/table.ts';

type Put = Extract<Write, { kind: 'put' }>;

/** What the index has of a run whose writes have settled: its card and its entries. */
export function indexPuts(detail: RunDetail): readonly Put[] {
  const [pk, sk] = cardKey(shelfOf(detail), detail.run);
  const card: Put = { kind: 'put', item: { pk, sk, card: encodeCard(cardOf(detail)) } };
  return [card, ...entriesOfRun(detail).map(entryPut)];
}

const isPut = (write: Write): write is Put => write.kind === 'put';

/** All that the table has of such a run but for the points of its metrics. */
export function runPuts(detail: RunDetail): readonly Put[] {
  const { run, ranks, params, tags } = detail;
  const card = cardKey(shelfOf(detail), run);
  const record = { entries: entriesOfRun(detail), card, pages: 0 };
  return [
    ...newRunItems(run, tags, params)
      .filter(isPut)
      .map(({ item }) => ({ kind: 'put' as const, item })),
    ...ranks.map(([name, rank]) => ({
      kind: 'put' as const,
      item: latestItem(run.id, name, rank),
    })),
    ...recordWrites(run.id, record).filter(isPut),
    ...indexPuts(detail),
  ];
}
