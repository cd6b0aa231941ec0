import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { logMetrics, requirePoints } from './metrics.ts';
import { logParams } from './params.ts';
import type { NamedPoint } from './run.items.ts';
import {
  checkedTag,
  type Entry,
  MAX_BATCH_ENTITIES,
  MAX_BATCH_METRICS,
  MAX_BATCH_PARAMS,
  MAX_BATCH_TAGS,
} from './schemas.ts';
import { setTags } from './tags.ts';

export interface Batch {
  readonly runId: string;
  readonly metrics: readonly NamedPoint[];
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
  /** Writes that go with the metrics; see `logMetrics`. */
  readonly beside?: readonly Write[];
}

function requireAtMost(most: number, what: string, count: number): void {
  if (count <= most) return;
  throw invalid(
    'batch_too_large',
    `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please ` +
      `split up ${what} across multiple requests and try again.`,
  );
}

/**
 * Params, metrics and tags in one call. Params come first, since they alone can be refused for
 * what is there; then metrics and tags at once. The three are not atomic together.
 */
export async function logBatch(ctx: Context, batch: Batch): Promise<void> {
  const { runId, metrics, params, tags, beside = [] } = batch;
  requireAtMost(MAX_BATCH_METRICS, 'metrics', metrics.length);
  requireAtMost(MAX_BATCH_PARAMS, 'params', params.length);
  requireAtMost(MAX_BATCH_TAGS, 'tags', tags.length);
  const entities = metrics.length + params.length + tags.length;
  requireAtMost(MAX_BATCH_ENTITIES, 'metrics, params, and tags', entities);
  // Params are written first, but none of a batch whose metrics or tags cannot be.
  requirePoints(metrics, 'metrics');
  tags.forEach((tag, index) => {
    checkedTag(tag, `tags[${index}].`);
  });
  // Without params this only asks whether the run may be written.
  await logParams(ctx, { runId, params, path: 'params' });
  await Promise.all([
    ...(metrics.length > 0
      ? [logMetrics(ctx, { runId, points: metrics, path: 'metrics', beside })]
      : []),
    ...(tags.length > 0 ? [setTags(ctx, { runId, tags, path: 'tags' })] : []),
  ]);
}
