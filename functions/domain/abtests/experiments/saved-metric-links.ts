import { collectionKeys, requireInProject } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { counted } from '#kernel/counters.ts';
import { isDoc, wrong } from '../refuse.ts';
import type { SavedMetric } from '../saved-metrics/saved-metric.items.ts';
import type { Doc, MetricList, SavedMetricLink } from './experiment.items.ts';

/** Each new link is looked at in the transaction that makes it. */
const MAX_LINKS = 50;
const ATTR = 'saved_metrics_ids';

/** A saved metric that an experiment is to be measured by. */
export interface WantedLink {
  readonly savedMetricId: number;
  readonly metadata: Doc;
}

function parseLink(sent: unknown): WantedLink {
  if (!isDoc(sent)) throw wrong(ATTR, 'Saved metric must be an object');
  const { id, metadata } = sent;
  if (id === undefined) throw wrong(ATTR, 'Saved metric must have an id');
  if (!Number.isSafeInteger(id)) throw wrong(ATTR, 'The id of a saved metric must be an integer');
  if (metadata === undefined || metadata === null) {
    return { savedMetricId: Number(id), metadata: { type: 'primary' } };
  }
  if (!isDoc(metadata)) throw wrong(ATTR, 'Metadata must be an object');
  if (!('type' in metadata)) throw wrong(ATTR, 'Metadata must have a type key');
  return { savedMetricId: Number(id), metadata };
}

/** The saved metrics that were sent, of one that is named twice as it was named last. */
export function parseLinks(sent: unknown): readonly WantedLink[] {
  if (sent === null) return [];
  if (!Array.isArray(sent)) throw wrong(ATTR, 'Saved metrics must be a list');
  if (sent.length > MAX_LINKS) throw wrong(ATTR, `At most ${MAX_LINKS} saved metrics, please.`);
  return [...new Map(sent.map(parseLink).map((link) => [link.savedMetricId, link])).values()];
}

/** In which list a saved metric is. */
export const listOf = ({ metadata }: Pick<SavedMetricLink, 'metadata'>): MetricList =>
  (metadata.type ?? 'primary') === 'primary' ? 'primary' : 'secondary';

/** Saved metrics by their ids; those that are gone are not among them. */
export async function savedMetricsOf(
  ctx: Context,
  groupId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, SavedMetric>> {
  requireInProject(ctx, 'read', 'saved_metric', { groupId });
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Map();
  const items = await ctx.table.batchGet(
    unique.map((id) => collectionKeys.row('saved_metric', groupId, id)),
  );
  const rows = items.flatMap((item) => (item === undefined ? [] : [item as unknown]));
  return new Map((rows as SavedMetric[]).map((row) => [row.id, row]));
}

/** Throws where one of the saved metrics is not in the project. */
export function requireThere(
  links: readonly WantedLink[],
  saved: ReadonlyMap<number, SavedMetric>,
): void {
  if (links.every(({ savedMetricId }) => saved.has(savedMetricId))) return;
  throw wrong(ATTR, 'Saved metric does not exist or does not belong to this project');
}

/** Links as they are kept: those that were there stay the same ones. */
export async function newLinks(
  ctx: Context,
  groupId: number,
  wanted: readonly WantedLink[],
  before: readonly SavedMetricLink[],
): Promise<readonly SavedMetricLink[]> {
  const known = new Map(before.map((link) => [link.savedMetricId, link]));
  const fresh = wanted.filter(({ savedMetricId }) => !known.has(savedMetricId)).length;
  const last = fresh === 0 ? 0 : await takeIds(ctx, groupId, fresh);
  const createdOn = ctx.clock.now();
  let next = last - fresh;
  return wanted.map(({ savedMetricId, metadata }) => {
    const own = known.get(savedMetricId);
    if (own !== undefined) return { ...own, metadata };
    next += 1;
    return { id: next, savedMetricId, metadata, createdOn };
  });
}

async function takeIds(ctx: Context, groupId: number, amount: number): Promise<number> {
  requireInProject(ctx, 'write', 'experiment', { groupId });
  const counters = collectionKeys.counters('experiment', groupId);
  const outcome = await ctx.table.write(counted(counters, { link: amount }));
  return Number(outcome.item?.link);
}
