import {
  changeExperiment,
  createExperiment,
  findExperiment,
  listExperiments,
} from '#domain/abtests/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { notDeleted } from '../not-deleted.ts';
import { pageFrom, pageOf } from '../paging.ts';
import { projectOf } from '../project.ts';
import { ExperimentAnswer } from './answers.ts';
import { ListQuery, toExperimentQuery } from './list-query.ts';
import { EXPERIMENTS, ONE, placeOf } from './paths.ts';
import { ExperimentBody, WholeExperimentBody } from './shapes.ts';
import { showExperiment, showExperiments, toWishes } from './wire.ts';

export const experimentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: EXPERIMENTS,
    operationId: 'listProjectExperiments',
    summary: 'The experiments of the project, the newest first.',
    access: reads('experiment'),
    query: ListQuery,
    response: pageOf(ExperimentAnswer),
    handle: async ({ ctx, query, request }) => {
      const groupId = projectOf(ctx);
      const found = await listExperiments(ctx, toExperimentQuery(groupId, query));
      const page = pageFrom(found, query, request);
      return { ...page, results: await showExperiments(ctx, groupId, page.results) };
    },
  }),
  route({
    method: 'POST',
    path: EXPERIMENTS,
    operationId: 'createProjectExperiment',
    summary:
      'Makes an experiment and, unless there is one of its key, its feature flag: a draft, or launched where `start_date` is given.',
    access: writes('experiment'),
    body: WholeExperimentBody,
    status: 201,
    response: ExperimentAnswer,
    handle: async ({ ctx, body }) => {
      const { name, feature_flag_key: flagKey } = body;
      const wishes = { ...toWishes(body), groupId: projectOf(ctx), name, flagKey };
      return showExperiment(ctx, await createExperiment(ctx, wishes));
    },
  }),
  route({
    method: 'GET',
    path: ONE,
    operationId: 'getProjectExperiment',
    summary: 'An experiment with its feature flag, holdout and saved metrics.',
    access: reads('experiment'),
    response: ExperimentAnswer,
    handle: async ({ ctx, params }) =>
      showExperiment(ctx, await findExperiment(ctx, placeOf(ctx, params))),
  }),
  route({
    method: 'PATCH',
    path: ONE,
    operationId: 'changeProjectExperiment',
    summary: 'Changes an experiment; `deleted` true removes it, false brings it back.',
    access: writes('experiment'),
    body: ExperimentBody,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) =>
      showExperiment(ctx, await changeExperiment(ctx, placeOf(ctx, params), toWishes(body))),
  }),
  route({
    method: 'PUT',
    path: ONE,
    operationId: 'replaceProjectExperiment',
    summary: 'The same with every field that is required.',
    access: writes('experiment'),
    body: WholeExperimentBody,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) =>
      showExperiment(ctx, await changeExperiment(ctx, placeOf(ctx, params), toWishes(body))),
  }),
  route({
    method: 'DELETE',
    path: ONE,
    operationId: 'deleteProjectExperiment',
    summary: 'Answers 405: experiments are removed by a change of `deleted`.',
    access: writes('experiment'),
    status: 405,
    handle: notDeleted,
  }),
];
