import * as z from 'zod';
import { getRun, getTrackedExperiment, type RunDetail } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { checkArguments } from '../arguments.ts';
import { experimentId } from '../experiment-ids.ts';
import { filled, runId } from '../fields.ts';
import { registry } from '../registry/verbs.ts';
import { toModelVersion } from '../registry/wire.ts';
import { toExperiment, toRun } from '../wire.ts';
import { wireName } from './types.ts';

const searching = loadOnce(() => import('../run-search.ts'));
const histories = loadOnce(() => import('../metric-history.ts'));

/** Versions of models that are shown of one run. */
const MAX_VERSIONS = 100;
/** Each run is shown with its experiment and its versions: the UI asks for one. */
const MAX_RUNS = 50;

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

/** A run with what the UI shows beside it. */
async function withSurroundings(ctx: Context, found: RunDetail) {
  const { id, experimentId: experiment } = found.run;
  const verbs = await registry();
  const [shown, { items }] = await Promise.all([
    getTrackedExperiment(ctx, experiment),
    verbs.searchModelVersions(ctx, {
      filter: `run_id = '${id}'`,
      orderBy: [],
      limit: MAX_VERSIONS,
    }),
  ]);
  return {
    ...toRun(ctx, found),
    experiment: toExperiment(ctx, shown),
    model_versions: items.map(toModelVersion),
  };
}

const runQuery = operation({
  field: 'mlflowGetRun',
  type: 'MlflowGetRunResponse',
  variables: z.object({ data: RunData }),
  answer: async (ctx, { data }) => ({
    run: await withSurroundings(ctx, await getRun(ctx, data.runId)),
  }),
});

/** The fields of an input in the names that the REST API has for them. */
const named = z
  .record(z.string(), z.unknown())
  .transform((data) =>
    Object.fromEntries(Object.entries(data).map(([name, value]) => [wireName(name), value])),
  );

const runsQuery = operation({
  field: 'mlflowSearchRuns',
  type: 'MlflowSearchRunsResponse',
  variables: z.object({ data: named }),
  answer: async (ctx, { data }) => {
    const { findRuns, SearchRequest } = await searching();
    const args = checkArguments(data, SearchRequest);
    const limit = Math.min(args.max_results, MAX_RUNS);
    const { runs, token } = await findRuns(ctx, { ...args, max_results: limit });
    return { runs: await Promise.all(runs.map((run) => withSurroundings(ctx, run))), ...token };
  },
});

const historyQuery = operation({
  field: 'mlflowGetMetricHistoryBulkInterval',
  type: 'MlflowGetMetricHistoryBulkIntervalResponse',
  variables: z.object({ data: named }),
  answer: async (ctx, { data }) => {
    const { IntervalRequest, metricIntervals } = await histories();
    return metricIntervals(ctx, checkArguments(data, IntervalRequest));
  },
});

/** By the names that the UI gives its queries. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['MlflowGetExperimentQuery', experimentQuery],
  ['GetRun', runQuery],
  ['SearchRuns', runsQuery],
  ['GetMetricHistoryBulkInterval', historyQuery],
]);
