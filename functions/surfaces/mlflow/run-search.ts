import * as z from 'zod';
import { experimentIdOf, type RunDetail, searchRuns } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { rememberingOf } from '#kernel/remembering.ts';
import { toExperimentId } from './experiment-ids.ts';
import { filled, pageSize, View } from './fields.ts';
import { listInJson, toJson } from './json.ts';
import { nextPage, placeAfter } from './paging.ts';
import { toRun } from './wire.ts';

const MAX_PAGE = 50_000;
const DEFAULT_PAGE = 1_000;
const MAX_EXPERIMENTS = 1_000;

export const SearchRequest = z.object({
  experiment_ids: z.array(filled()).max(MAX_EXPERIMENTS).default([]),
  filter: z.string().default(''),
  run_view_type: View.default('active'),
  max_results: pageSize(MAX_PAGE, { refuse: true }).default(DEFAULT_PAGE),
  order_by: z.array(z.string()).default([]),
  page_token: z.string().optional(),
});

/** A page of runs with the token of the next. */
export async function findRuns(ctx: Context, args: z.output<typeof SearchRequest>) {
  const { experiment_ids: ids, filter, run_view_type: view, order_by: orderBy } = args;
  const question = ['runs', ids, filter, view, orderBy];
  const { runs, next } = await searchRuns(ctx, {
    experimentIds: ids.map((id) => experimentIdOf(ctx, id)).filter((id) => id !== undefined),
    filter,
    orderBy,
    view,
    limit: args.max_results,
    ...(await placeAfter(ctx, question, args.page_token)),
  });
  return { runs, token: await nextPage(ctx, question, next) };
}

/** By the id of the experiment, which callers know differently. */
const textsOf = rememberingOf((_run: RunDetail) => new Map<string, string>());

/** A run as JSON, made once for as long as searches remember the run. */
function textOf(ctx: Context, run: RunDetail): string {
  const texts = textsOf(run);
  const id = toExperimentId(ctx, run.run.experimentId);
  const text = texts.get(id) ?? toJson(toRun(ctx, run));
  texts.set(id, text);
  return text;
}

const search = route({
  method: 'POST',
  path: '/runs/search',
  operationId: 'searchRuns',
  summary: 'Runs of experiments that a filter fits, in order.',
  access: reads('run', { jobs: true }),
  body: SearchRequest,
  handle: async ({ ctx, body }) => {
    const { runs, token } = await findRuns(ctx, body);
    return listInJson(
      'runs',
      runs.map((run) => textOf(ctx, run)),
      token,
    );
  },
});

export const runSearchRoutes: readonly Route[] = [search];
