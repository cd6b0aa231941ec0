import type { Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Doc, Experiment } from './experiment.items.ts';
import { isLegacy } from './rules.ts';

/** Throws where a copy would be measured in a way that is no longer offered. */
export function requireCopyable(experiment: Experiment): void {
  if (!isLegacy(experiment)) return;
  const text = 'Duplication is not supported for experiments using legacy metrics.';
  throw new AppError('invalid', text, { detail: { body: { detail: text } } });
}

type CopiedMetrics = Pick<
  Experiment,
  'metrics' | 'metricsSecondary' | 'primaryOrder' | 'secondaryOrder'
>;

/** The metrics of an experiment with new ids, in the same order. */
export function copiedMetrics(
  { ids }: Pick<Platform, 'ids'>,
  { metrics, metricsSecondary, primaryOrder, secondaryOrder }: Experiment,
): CopiedMetrics {
  const renamed = new Map<unknown, string>();
  const withNew = (metric: Doc): Doc => {
    const uuid = ids.uuid();
    renamed.set(metric.uuid, uuid);
    return { ...metric, uuid };
  };
  const lists = {
    metrics: metrics.map(withNew),
    metricsSecondary: metricsSecondary.map(withNew),
  };
  const inOrder = (order: readonly string[] | null) =>
    order?.map((uuid) => renamed.get(uuid) ?? uuid) ?? null;
  return {
    ...lists,
    primaryOrder: inOrder(primaryOrder),
    secondaryOrder: inOrder(secondaryOrder),
  };
}

/** What every copy begins with: a draft of which nobody has said anything yet. */
export const asDraft = {
  startDate: null,
  endDate: null,
  archived: false,
  deleted: false,
  conclusion: null,
  conclusionComment: null,
  exposureCohortId: null,
  holdoutId: null,
} as const;

const MAX_NAME = 400;

/** "X (Copy)", or the first of "X (Copy) 1", … that is free. */
export function nameOfCopy(name: string, taken: ReadonlySet<string>): string {
  const first = `${name.slice(0, MAX_NAME - 12)} (Copy)`;
  if (!taken.has(first)) return first;
  let number = 1;
  while (taken.has(`${first} ${number}`)) number += 1;
  return `${first} ${number}`;
}
