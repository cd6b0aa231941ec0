import {
  changeSavedMetric,
  createSavedMetric,
  findSavedMetric,
  listSavedMetrics,
  removeSavedMetric,
  type SavedMetric,
} from '#domain/abtests/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { accessLevelOf } from '../access-level.ts';
import { PageQuery, pageFrom, pageOf } from '../paging.ts';
import { peopleOf } from '../people.ts';
import { projectOf } from '../project.ts';
import {
  SavedMetricAnswer,
  SavedMetricBody,
  toSavedMetric,
  toSavedMetricWishes,
  WholeSavedMetricBody,
} from './wire.ts';

const PATH = '/api/projects/{project}/experiment_saved_metrics';
const ONE = `${PATH}/{id:int}` as const;

const levelOf = (ctx: Context) => accessLevelOf(ctx, projectOf(ctx));

const show = async (ctx: Context, metric: SavedMetric) =>
  toSavedMetric(metric, await peopleOf(ctx, [metric]), levelOf(ctx));

const place = (ctx: Context, { id }: { readonly id: number }) => ({ groupId: projectOf(ctx), id });

export const savedMetricRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listExperimentSavedMetrics',
    summary: 'The saved metrics of the project, by name.',
    access: reads('experiment_saved_metric'),
    query: PageQuery,
    response: pageOf(SavedMetricAnswer),
    handle: async ({ ctx, query, request }) => {
      const page = pageFrom(await listSavedMetrics(ctx, projectOf(ctx)), query, request);
      const person = await peopleOf(ctx, page.results);
      return {
        ...page,
        results: page.results.map((row) => toSavedMetric(row, person, levelOf(ctx))),
      };
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    operationId: 'createExperimentSavedMetric',
    summary: 'Saves a metric that experiments share.',
    access: writes('experiment_saved_metric'),
    body: WholeSavedMetricBody,
    status: 201,
    response: SavedMetricAnswer,
    handle: async ({ ctx, body }) =>
      show(
        ctx,
        await createSavedMetric(ctx, {
          ...toSavedMetricWishes(body),
          groupId: projectOf(ctx),
          name: body.name,
        }),
      ),
  }),
  route({
    method: 'GET',
    path: ONE,
    operationId: 'getExperimentSavedMetric',
    summary: 'A saved metric.',
    access: reads('experiment_saved_metric'),
    response: SavedMetricAnswer,
    handle: async ({ ctx, params }) => show(ctx, await findSavedMetric(ctx, place(ctx, params))),
  }),
  route({
    method: 'PATCH',
    path: ONE,
    operationId: 'changeExperimentSavedMetric',
    summary: 'Changes a saved metric, for all experiments that are measured by it.',
    access: writes('experiment_saved_metric'),
    body: SavedMetricBody,
    response: SavedMetricAnswer,
    handle: async ({ ctx, params, body }) =>
      show(ctx, await changeSavedMetric(ctx, place(ctx, params), toSavedMetricWishes(body))),
  }),
  route({
    method: 'PUT',
    path: ONE,
    operationId: 'replaceExperimentSavedMetric',
    summary: 'The same with every field that is required.',
    access: writes('experiment_saved_metric'),
    body: WholeSavedMetricBody,
    response: SavedMetricAnswer,
    handle: async ({ ctx, params, body }) =>
      show(ctx, await changeSavedMetric(ctx, place(ctx, params), toSavedMetricWishes(body))),
  }),
  route({
    method: 'DELETE',
    path: ONE,
    operationId: 'deleteExperimentSavedMetric',
    summary: 'Removes a saved metric for good, also from the experiments that are measured by it.',
    access: writes('experiment_saved_metric'),
    status: 204,
    handle: async ({ ctx, params }) => {
      await removeSavedMetric(ctx, place(ctx, params));
      return null;
    },
  }),
];
