import type { Entry } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { changeTrace } from './change-trace.ts';
import { entries, merged, requireTime, type Trace, type TraceState } from './schemas.ts';
import { targetOf, tracePointer } from './scope.ts';
import { isOwnTag } from './start-trace.ts';

/** Notes the end of a trace that was stored when it began. */
export async function endTrace(
  ctx: Context,
  input: {
    readonly traceId: string;
    readonly time: number;
    readonly state: TraceState;
    readonly metadata: readonly Entry[];
    readonly tags: readonly Entry[];
  },
): Promise<Trace> {
  const { traceId, time, state } = input;
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, traceId)));
  requireTime(time, 'timestamp_ms');
  const metadata = entries(input.metadata, 'request_metadata');
  const tags = entries(input.tags.filter(isOwnTag), 'tags');
  return changeTrace(ctx, traceId, (trace) => ({
    ...trace,
    state,
    duration: Math.max(0, time - trace.time),
    metadata: merged(trace.metadata, metadata),
    tags: merged(trace.tags, tags),
  }));
}
