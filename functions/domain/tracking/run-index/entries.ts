import type { RunDetail } from '../run-detail.ts';
import { rankValue } from './card.ts';
import { type EntryKey, type IndexKey, indexKeys, type Shelf, type Stage } from './index.items.ts';
import { orderedNumber, orderedText, tailOf } from './place.ts';

export const stageOf = ({ run }: Pick<RunDetail, 'run'>): Stage =>
  run.deletedOn === undefined ? 'active' : 'deleted';

export const shelfOf = (detail: Pick<RunDetail, 'run'>): Shelf => ({
  experimentId: detail.run.experimentId,
  stage: stageOf(detail),
  shard: detail.run.shard ?? 0,
});

/** What searches find a run by, each with the value as it stands in a sort key. */
function valuesOf({
  run,
  ranks,
  params,
  tags,
}: RunDetail): readonly (readonly [IndexKey, string])[] {
  return [
    ...ranks.map(
      ([name, rank]) => [{ kind: 'metric', name }, orderedNumber(rankValue(rank))] as const,
    ),
    ...params.map(({ key, value }) => [{ kind: 'param', name: key }, orderedText(value)] as const),
    ...tags.map(({ key, value }) => [{ kind: 'tag', name: key }, orderedText(value)] as const),
    [{ kind: 'attribute', name: 'status' }, orderedText(run.status)],
    ...(run.endTime === undefined
      ? []
      : [[{ kind: 'attribute', name: 'end_time' }, orderedNumber(run.endTime)] as const]),
  ];
}

/** Every entry of a run in the index. */
export function entriesOfRun(detail: RunDetail): readonly EntryKey[] {
  const shelf = shelfOf(detail);
  const tail = tailOf(detail.run);
  return valuesOf(detail).map(([key, value]) => [
    indexKeys.entries(shelf, key),
    indexKeys.entrySk(value, tail),
  ]);
}
