import { checkedTag } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { changeTrace } from './change-trace.ts';
import { LOCATION_TAG, merged, SERVER_TAGS } from './schemas.ts';
import { targetOf, tracePointer } from './scope.ts';

const ARCHIVAL_FAILURE = 'mlflow.trace.archivalFailure';

function requireOwn(key: string, done: 'set' | 'deleted'): void {
  const clears = done === 'deleted' && key === ARCHIVAL_FAILURE;
  if (clears || (key !== LOCATION_TAG && !SERVER_TAGS.includes(key))) return;
  throw invalid('immutable_tag', `Tag '${key}' is immutable and cannot be ${done} on a trace.`);
}

export async function setTraceTag(
  ctx: Context,
  input: { readonly traceId: string; readonly key: string; readonly value: string },
): Promise<void> {
  const { traceId, key, value } = input;
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, traceId)));
  requireOwn(key, 'set');
  const tag = checkedTag({ key, value }, '');
  await changeTrace(ctx, traceId, (trace) => ({ ...trace, tags: merged(trace.tags, [tag]) }));
}

/** Throws `not_found` when the trace has no such tag. */
export async function deleteTraceTag(
  ctx: Context,
  input: { readonly traceId: string; readonly key: string },
): Promise<void> {
  const { traceId, key } = input;
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, traceId)));
  requireOwn(key, 'deleted');
  await changeTrace(ctx, traceId, (trace) => {
    const tags = trace.tags.filter((tag) => tag.key !== key);
    if (tags.length === trace.tags.length) {
      throw notFound('trace_tag', { trace_id: traceId, key });
    }
    return { ...trace, tags };
  });
}
