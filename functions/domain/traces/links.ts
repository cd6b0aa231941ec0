import { requireUnlocked, runScope, targetOf as runTarget } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { changeTrace } from './change-trace.ts';
import { limited, type Trace } from './schemas.ts';
import { findPointers, targetOf, tracePointer } from './scope.ts';
import { runsOf } from './trace.items.ts';

const MAX_LINKS = 100;
const MAX_RUNS = 100;
const MAX_PROMPTS = 100;

function linked(trace: Trace, runId: string): Trace {
  if (runsOf(trace).includes(runId)) return trace;
  if (trace.runs.length >= MAX_RUNS) {
    throw invalid('too_many', `A trace can be linked to at most ${MAX_RUNS} runs.`);
  }
  return { ...trace, runs: [...trace.runs, runId] };
}

/** Links traces to a run of the same group. Traces that are not there are left out. */
export async function linkTracesToRun(
  ctx: Context,
  input: { readonly traceIds: readonly string[]; readonly runId: string },
): Promise<void> {
  const { traceIds, runId } = input;
  if (traceIds.length > MAX_LINKS) {
    throw invalid(
      'too_many',
      `Cannot link more than ${MAX_LINKS} traces to a run in a single request. Provided ${traceIds.length} traces.`,
    );
  }
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', runTarget(scope));
  requireUnlocked(scope);
  const pointers = await findPointers(ctx, traceIds);
  const ofGroup = pointers.filter(({ groupId }) => groupId === scope.groupId);
  for (const pointer of ofGroup) requirePermission(ctx, 'write', targetOf(pointer));
  await Promise.all(ofGroup.map(({ id }) => changeTrace(ctx, id, (trace) => linked(trace, runId))));
}

/** Notes which versions of prompts a trace used. */
export async function linkPrompts(
  ctx: Context,
  input: {
    readonly traceId: string;
    readonly prompts: readonly { readonly name: string; readonly version: string }[];
  },
): Promise<void> {
  const { traceId } = input;
  requirePermission(ctx, 'write', targetOf(await tracePointer(ctx, traceId)));
  const added = input.prompts.map(({ name, version }) =>
    limited(`${name}/${version}`, 'prompt_versions', 500),
  );
  await changeTrace(ctx, traceId, (trace) => {
    const prompts = [...new Set([...trace.prompts, ...added])];
    if (prompts.length > MAX_PROMPTS) {
      throw invalid('too_many', `A trace has at most ${MAX_PROMPTS} prompts.`);
    }
    return prompts.length === trace.prompts.length ? trace : { ...trace, prompts };
  });
}
