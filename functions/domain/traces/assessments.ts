import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { changeTrace } from './change-trace.ts';
import { getTrace } from './get-traces.ts';
import { checkedAssessment, checkedParts, type NewAssessment } from './new-assessment.ts';
import { type Assessment, assessmentMissing, merged, type Trace } from './schemas.ts';
import { targetOf, tracePointer } from './scope.ts';

interface Named {
  readonly traceId: string;
  readonly id: string;
}

function found({ traceId, id }: Named, { assessments }: Trace): Assessment {
  const assessment = assessments.find((one) => one.id === id);
  if (assessment === undefined) throw assessmentMissing(traceId, id);
  return assessment;
}

const replaced = (trace: Trace, assessment: Assessment): Trace => ({
  ...trace,
  assessments: trace.assessments.map((one) => (one.id === assessment.id ? assessment : one)),
});

/** What an assessment was in the place of counts again, or no longer. */
function marked(trace: Trace, id: string | undefined, valid: boolean): Trace {
  const old = trace.assessments.find((one) => one.id === id);
  return old === undefined ? trace : replaced(trace, { ...old, valid });
}

/** Adds an assessment to a trace; the one that it overrides is no longer valid. Throws `not_found`. */
export async function createAssessment(
  ctx: Context,
  input: NewAssessment & { readonly traceId: string },
): Promise<Assessment> {
  const { traceId, overrides } = input;
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, traceId)));
  const assessment = checkedAssessment(ctx, input);
  await changeTrace(ctx, traceId, (trace) => {
    if (overrides !== undefined) found({ traceId, id: overrides }, trace);
    const { assessments, ...rest } = marked(trace, overrides, false);
    return { ...rest, assessments: [...assessments, assessment] };
  });
  return assessment;
}

export async function getAssessment(ctx: Context, named: Named): Promise<Assessment> {
  return found(named, await getTrace(ctx, named.traceId));
}

/** What of an assessment is to change; what is left out stays, metadata are added. */
export type AssessmentChange = Named &
  Partial<Pick<NewAssessment, 'kind' | 'name' | 'value' | 'error' | 'rationale' | 'metadata'>>;

const article = { feedback: 'a Feedback', expectation: 'an Expectation', issue: 'an Issue' };

function changed(ctx: Context, old: Assessment, change: AssessmentChange): Assessment {
  const { kind = old.kind } = change;
  if (kind !== old.kind) {
    throw invalid(
      'assessment_kind',
      `Cannot update ${kind} value on ${article[old.kind]} assessment.`,
    );
  }
  const { error: _error, ...kept } = old;
  const base = change.value === undefined ? old : kept;
  const { metadata = [], ...parts } = checkedParts(change);
  return {
    ...base,
    ...parts,
    metadata: merged(old.metadata, metadata),
    updatedOn: ctx.clock.now(),
  };
}

/** Changes an assessment; of its value both value and error. Throws `not_found`. */
export async function updateAssessment(
  ctx: Context,
  change: AssessmentChange,
): Promise<Assessment> {
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, change.traceId)));
  const trace = await changeTrace(ctx, change.traceId, (old) =>
    replaced(old, changed(ctx, found(change, old), change)),
  );
  return found(change, trace);
}

/** Removes an assessment; the one that it overrode is valid again. One that is missing is fine. */
export async function deleteAssessment(ctx: Context, named: Named): Promise<void> {
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, named.traceId)));
  await changeTrace(ctx, named.traceId, (trace) => {
    const gone = trace.assessments.find((one) => one.id === named.id);
    if (gone === undefined) return trace;
    const { assessments, ...rest } = marked(trace, gone.overrides, true);
    return { ...rest, assessments: assessments.filter((one) => one.id !== named.id) };
  });
}
