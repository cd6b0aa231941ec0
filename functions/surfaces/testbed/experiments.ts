import * as z from 'zod';
import {
  createExperiment,
  type Experiment,
  experimentChangedOn,
  experimentKind,
} from '#domain/experiments/index.ts';
import { resourceTag } from '#domain/resources/index.ts';
import { deleteExperiment, homeGroup, renameExperiment } from '#domain/tracking/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { DoneById, done, wholeList } from './answers.ts';
import { findByName, getLive, listAll } from './lookup.ts';
import { ExperimentName, naiveTime, namedIn } from './names.ts';

const ExperimentAnswer = z.object({
  experimentId: z.int(),
  createdOn: z.string(),
  lastModified: z.string(),
  name: z.string(),
});
const Form = z.object({ name: ExperimentName });

const shape = (experiment: Experiment) => ({
  experimentId: experiment.id,
  createdOn: naiveTime(experiment.createdOn),
  lastModified: naiveTime(experimentChangedOn(experiment)),
  name: experiment.data.name,
});
const one = (experiment: Experiment): object =>
  tagged(shape(experiment), resourceTag(experimentKind, experiment));

/** The two ways in which one experiment is named. */
type Find = (ctx: Context, params: never) => Promise<Experiment>;

const byId: Find = (ctx, { experimentId }: { readonly experimentId: number }) =>
  getLive(ctx, experimentKind, experimentId);
const byName: Find = (ctx, { experimentName }: { readonly experimentName: string }) =>
  findByName(ctx, experimentKind, namedIn(experimentName));

const oneRoutes = (path: string, title: string, find: Find): readonly Route[] => [
  route({
    method: 'GET',
    path,
    operationId: `get${title}`,
    summary: 'One experiment.',
    access: reads('experiment', { jobs: true }),
    response: ExperimentAnswer,
    handle: async ({ ctx, params }) => one(await find(ctx, params as never)),
  }),
  route({
    method: 'PUT',
    path,
    operationId: `rename${title}`,
    summary: 'Give an experiment another name.',
    access: writes('experiment'),
    body: Form,
    response: ExperimentAnswer,
    handle: async ({ ctx, params, body }) => {
      const { id } = await find(ctx, params as never);
      await renameExperiment(ctx, { id, name: body.name });
      return one(await getLive(ctx, experimentKind, id));
    },
  }),
  route({
    method: 'DELETE',
    path,
    operationId: `delete${title}`,
    summary: 'Delete an experiment; one that is not there is no fault.',
    access: writes('experiment'),
    response: DoneById,
    handle: async ({ ctx, params }) => {
      const found = await ifThere(find(ctx, params as never));
      if (found !== undefined) await deleteExperiment(ctx, found.id);
      return done({ id: found === undefined ? [] : [found.id] });
    },
  }),
];

export const experimentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/experiment',
    operationId: 'listExperiments',
    summary: 'All experiments.',
    access: reads('experiment', { jobs: true }),
    response: z.array(ExperimentAnswer),
    handle: async ({ ctx, request }) =>
      wholeList(ctx, request, (await listAll(ctx, experimentKind)).map(shape)),
  }),
  route({
    method: 'POST',
    path: '/experiment',
    operationId: 'registerExperiment',
    summary: 'Register an experiment.',
    access: writes('experiment'),
    body: Form,
    response: ExperimentAnswer,
    handle: async ({ ctx, body }) =>
      one(
        await createExperiment(ctx, {
          groupId: homeGroup(ctx),
          name: body.name,
          description: '',
          entrypoints: [],
        }),
      ),
  }),
  ...oneRoutes('/experiment/{experimentId:int}', 'Experiment', byId),
  ...oneRoutes('/experiment/name/{experimentName}', 'ExperimentByName', byName),
];
