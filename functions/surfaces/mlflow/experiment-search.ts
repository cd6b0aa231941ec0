import * as z from 'zod';
import { searchExperiments } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { pageSize, repeated, View } from './fields.ts';
import { nextPage, placeAfter } from './paging.ts';
import { toExperiment, unlessEmpty } from './wire.ts';

const MAX_PAGE = 50_000;
const DEFAULT_PAGE = 1_000;

const SearchRequest = z.object({
  max_results: pageSize(MAX_PAGE, { refuse: true }).default(DEFAULT_PAGE),
  page_token: z.string().optional(),
  filter: z.string().default(''),
  order_by: repeated().default([]),
  view_type: View.default('active'),
});

async function search(ctx: Context, args: z.output<typeof SearchRequest>) {
  const { filter, order_by: orderBy, view_type: view, max_results: limit } = args;
  const question = ['experiments', ctx.within ?? null, view, filter, orderBy];
  const place = await placeAfter(ctx, question, args.page_token);
  const page = await searchExperiments(ctx, { view, filter, orderBy, limit, ...place });
  return {
    ...unlessEmpty(
      'experiments',
      page.experiments.map((experiment) => toExperiment(ctx, experiment)),
    ),
    ...(await nextPage(ctx, question, page.next)),
  };
}

const SEARCH = {
  path: '/experiments/search',
  summary: 'Experiments that a filter fits, in order.',
  access: reads('experiment', { jobs: true }),
} as const;

const searchByPost = route({
  ...SEARCH,
  method: 'POST',
  operationId: 'searchExperiments',
  untraced: true,
  body: SearchRequest,
  handle: ({ ctx, body }) => search(ctx, body),
});

const searchByGet = route({
  ...SEARCH,
  method: 'GET',
  operationId: 'searchExperimentsByQuery',
  query: SearchRequest,
  handle: ({ ctx, query }) => search(ctx, query),
});

export const experimentSearchRoutes: readonly Route[] = [searchByPost, searchByGet];
