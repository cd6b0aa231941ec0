import * as z from 'zod';
import { getRun, getTrackedExperiment } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { experimentId } from '../experiment-ids.ts';
import { filled, runId } from '../fields.ts';
import { toExperiment, toRun } from '../wire.ts';

/** One query of MLflow's web UI: `field` and `type` are what its answer holds. */
export interface Operation {
  readonly field: string;
  readonly type: string;
  readonly variables: z.ZodType;
  readonly answer: (
    ctx: Context,
    variables: never,
  ) => Promise<{ readonly [name: string]: unknown }>;
}

function operation<S extends z.ZodType>(row: {
  readonly field: string;
  readonly type: string;
  readonly variables: S;
  readonly answer: (
    ctx: Context,
    variables: z.output<S>,
  ) => Promise<{ readonly [name: string]: unknown }>;
}): Operation {
  return row;
}

const RunData = z.preprocess(
  (data) => {
    const { runId: id, runUuid } = (data ?? {}) as { readonly [name: string]: unknown };
    return { runId: id ?? runUuid };
  },
  z.object({ runId: runId() }),
);

const experimentQuery = operation({
  field: 'mlflowGetExperiment',
  type: 'MlflowGetExperimentResponse',
  variables: z.object({ input: z.object({ experimentId: filled() }) }),
  answer: async (ctx, { input }) => {
    const found = await getTrackedExperiment(ctx, experimentId(ctx, input.experimentId));
    return { experiment: toExperiment(ctx, found) };
  },
});

const runQuery = operation({
  field: 'mlflowGetRun',
  type: 'MlflowGetRunResponse',
  variables: z.object({ data: RunData }),
  answer: async (ctx, { data }) => {
    const found = await getRun(ctx, data.runId);
    const experiment = await getTrackedExperiment(ctx, found.run.experimentId);
    return { run: { ...toRun(ctx, found), experiment: toExperiment(ctx, experiment) } };
  },
});

/** By the names that the UI gives its queries. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['MlflowGetExperimentQuery', experimentQuery],
  ['GetRun', runQuery],
]);
