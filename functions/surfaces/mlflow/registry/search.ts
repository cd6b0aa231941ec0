import * as z from 'zod';
import type { SearchRequest } from '#domain/registry/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { type Context, readableGroups } from '#kernel/context.ts';
import { listed, pageSize } from '../fields.ts';
import { nextPage, placeAfter } from '../paging.ts';
import { unlessEmpty } from '../wire.ts';
import { registry } from './verbs.ts';
import { toModelVersion, toRegisteredModel } from './wire.ts';

const MODELS = { usual: 100, most: 1_000 };
const VERSIONS = { usual: 10_000, most: 200_000 };

const searchQuery = ({ usual, most }: typeof MODELS) =>
  z.object({
    filter: z.string().default(''),
    max_results: pageSize(most, { refuse: true }).default(usual),
    order_by: listed(),
    page_token: z.string().optional(),
  });

type Query = z.output<ReturnType<typeof searchQuery>>;

/** The question of a search, and what makes the token of its next page. */
async function asked(ctx: Context, kind: string, query: Query) {
  const { filter, order_by: orderBy, max_results: limit, page_token: token } = query;
  const groups = [...readableGroups(ctx)].sort((a, b) => a - b);
  const question = [kind, groups, filter, orderBy];
  const request: SearchRequest = {
    filter,
    orderBy,
    limit,
    ...(await placeAfter(ctx, question, token)),
  };
  return { request, nextOf: (next: string | undefined) => nextPage(ctx, question, next) };
}

const models = route({
  method: 'GET',
  path: '/registered-models/search',
  operationId: 'searchRegisteredModels',
  summary: 'Registered models; prompts only where the filter asks for them.',
  access: reads('model', { jobs: true }),
  query: searchQuery(MODELS),
  handle: async ({ ctx, query }) => {
    const { request, nextOf } = await asked(ctx, 'registered models', query);
    const { items, next } = await (await registry()).searchRegisteredModels(ctx, request);
    return {
      ...unlessEmpty('registered_models', items.map(toRegisteredModel)),
      ...(await nextOf(next)),
    };
  },
});

const versions = route({
  method: 'GET',
  path: '/model-versions/search',
  operationId: 'searchModelVersions',
  summary: 'Versions of registered models; those of prompts only where the filter asks for them.',
  access: reads('model', { jobs: true }),
  query: searchQuery(VERSIONS),
  handle: async ({ ctx, query }) => {
    const { request, nextOf } = await asked(ctx, 'model versions', query);
    const { items, next } = await (await registry()).searchModelVersions(ctx, request);
    return {
      ...unlessEmpty('model_versions', items.map(toModelVersion)),
      ...(await nextOf(next)),
    };
  },
});

export const registrySearchRoutes: readonly Route[] = [models, versions];
