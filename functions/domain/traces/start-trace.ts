import { activeExperiment, type Entry, experimentLookup } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { itemMissing, put } from '#kernel/table.ts';
import { changeTrace } from './change-trace.ts';
import { checkedAssessment, type NewAssessment } from './new-assessment.ts';
import {
  type Assessment,
  entries,
  isTraceId,
  LOCATION_TAG,
  limited,
  merged,
  preview,
  requireTime,
  SERVER_TAGS,
  type Trace,
  type TraceState,
} from './schemas.ts';
import { rememberPointer, targetOf } from './scope.ts';
import { pointerItem, pointerOf, readPointer, runItem, runsOf, traceItem } from './trace.items.ts';

/** A trace as a client reports it, at its end. */
export interface NewTrace {
  readonly id: string;
  readonly experimentId: number;
  readonly time: number;
  readonly duration?: number;
  readonly state: TraceState;
  readonly clientRequestId?: string;
  readonly requestPreview?: string;
  readonly responsePreview?: string;
  readonly metadata: readonly Entry[];
  readonly tags: readonly Entry[];
  readonly assessments: readonly NewAssessment[];
}

/** Whether a tag is one that clients may set. */
export const isOwnTag = ({ key }: Entry): boolean =>
  key !== LOCATION_TAG && !SERVER_TAGS.includes(key);

function checkedTrace(ctx: Context, input: NewTrace, groupId: number): Trace {
  const { actor } = ctx;
  if (!isTraceId(input.id)) {
    throw invalid(
      'trace_id',
      `Invalid trace ID: use at most 250 letters, digits, '-' and '_'. Got '${input.id.toWellFormed().slice(0, 100)}'.`,
    );
  }
  requireTime(input.time, 'request_time');
  if (input.duration !== undefined) requireTime(input.duration, 'execution_duration');
  const { clientRequestId, requestPreview, responsePreview, duration } = input;
  return {
    id: input.id,
    experimentId: input.experimentId,
    groupId,
    ...(isInItsJob(ctx, input.experimentId) && actor.kind === 'job' ? { jobId: actor.jobId } : {}),
    time: input.time,
    ...(duration === undefined ? {} : { duration }),
    state: input.state,
    ...(clientRequestId && { clientRequestId: limited(clientRequestId, 'client_request_id') }),
    ...(requestPreview && { requestPreview: preview(requestPreview, 'request_preview') }),
    ...(responsePreview && { responsePreview: preview(responsePreview, 'response_preview') }),
    metadata: entries(input.metadata, 'trace_metadata'),
    tags: entries(input.tags.filter(isOwnTag), 'tags'),
    assessments: input.assessments.map((one) => checkedAssessment(ctx, one)),
    runs: [],
    prompts: [],
  };
}

const isInItsJob = ({ actor }: Context, experimentId: number): boolean =>
  actor.kind === 'job' && actor.experimentId === experimentId;

/** What a repeated report adds to the assessments that are there. */
function addedAssessments(old: readonly Assessment[], fresh: readonly Assessment[]) {
  const content = ({ id: _id, updatedOn: _updatedOn, ...rest }: Assessment) => JSON.stringify(rest);
  const known = new Set(old.map(content));
  return [...old, ...fresh.filter((one) => !known.has(content(one)))];
}

/** Reports a trace that is there already: what is new of it goes over what was. */
const again = (ctx: Context, trace: Trace): Promise<Trace> =>
  changeTrace(ctx, trace.id, (old) => {
    if (old.experimentId !== trace.experimentId) {
      throw invalid(
        'trace_experiment',
        `The trace ${trace.id} belongs to experiment ${old.experimentId}.`,
      );
    }
    return {
      ...old,
      ...trace,
      metadata: merged(old.metadata, trace.metadata),
      tags: merged(old.tags, trace.tags),
      assessments: addedAssessments(old.assessments, trace.assessments),
      runs: old.runs,
      prompts: old.prompts,
      // Where its row lies does not change.
      time: old.time,
    };
  });

/**
 * Stores a trace in an experiment. A report that is repeated, or goes on, changes the trace that is
 * there. A trace of another group's is `not_found`.
 */
export async function startTrace(ctx: Context, input: NewTrace): Promise<Trace> {
  const { actor } = ctx;
  const { groupId } = await activeExperiment(ctx, input.experimentId);
  requirePermission(ctx, 'write', {
    groupId,
    entity: 'experiment',
    lookup: experimentLookup(input.experimentId),
    ...(isInItsJob(ctx, input.experimentId) && actor.kind === 'job' ? { jobId: actor.jobId } : {}),
  });
  const trace = checkedTrace(ctx, input, groupId);
  const outcome = await ctx.table.transact([
    put(pointerItem(trace), itemMissing),
    put(traceItem(trace, 1)),
    ...runsOf(trace).map((runId) => put(runItem(trace, runId))),
  ]);
  if (outcome.ok) {
    rememberPointer(ctx, pointerOf(trace));
    return trace;
  }
  const there = outcome.refusals[0]?.item;
  if (there === undefined)
    throw conflict('write_conflict', 'The trace is being written by others.');
  requirePermission(ctx, 'write', targetOf(readPointer(there)));
  return again(ctx, trace);
}
