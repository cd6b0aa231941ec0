import type { Row } from '#domain/projects/index.ts';
import type { Context, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Doc, Experiment } from './experiment.items.ts';
import { type FlagLink, linkFlag } from './link-flag.ts';
import { withVariants } from './parameters.ts';
import { isLegacy } from './rules.ts';
import { parseVariants } from './variants.ts';

/** How a copy is to be called, and its flag, where it is not the source's. */
export interface CopyRequest {
  readonly flagKey?: string;
  readonly name?: string;
}

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
function copiedMetrics(
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
const asDraft = {
  startDate: null,
  endDate: null,
  archived: false,
  deleted: false,
  conclusion: null,
  conclusionComment: null,
  exposureCohortId: null,
  holdoutId: null,
} as const;

interface Copy {
  readonly draft: Experiment;
  readonly link: FlagLink;
}

/** A draft like an experiment, as `row` and with this name, and the plan of its flag. */
export async function draftLike(
  ctx: Context,
  source: Experiment,
  row: Row,
  {
    name,
    flagKey = source.flagKey,
  }: { readonly name: string; readonly flagKey: string | undefined },
): Promise<Copy> {
  const { parameters } = source;
  const variants = parameters === null ? undefined : parseVariants(parameters);
  const link = await linkFlag(ctx, {
    groupId: row.groupId,
    id: row.id,
    name,
    key: flagKey,
    parameters,
    variants,
    isLaunched: false,
  });
  const isNaming = parameters !== null && variants !== undefined;
  const draft = {
    ...source,
    ...copiedMetrics(ctx, source),
    ...row,
    ...asDraft,
    name,
    flagId: link.flag.id,
    flagKey: link.flag.key,
    parameters: isNaming ? withVariants(parameters, link.variants) : parameters,
  };
  return { draft, link };
}

const MAX_NAME = 400;

/** "X (Copy)", or the first of "X (Copy) 1", … that is free. */
export function nameOfCopy(name: string, taken: ReadonlySet<string>): string {
  const first = `${name.slice(0, MAX_NAME - 12)} (Copy)`;
  if (!taken.has(first)) return first;
  let number = 1;
  while (taken.has(`${first} ${number}`)) number += 1;
  return `${first} ${number}`;
}
