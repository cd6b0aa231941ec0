import {
  changeHoldout,
  createHoldout,
  findHoldout,
  type Holdout,
  listHoldouts,
  removeHoldout,
} from '#domain/abtests/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { PageQuery, pageFrom, pageOf } from '../paging.ts';
import { peopleOf } from '../people.ts';
import { projectOf } from '../project.ts';
import {
  HoldoutAnswer,
  HoldoutBody,
  toHoldout,
  toHoldoutWishes,
  WholeHoldoutBody,
} from './wire.ts';

const PATH = '/api/projects/{project}/experiment_holdouts';
const ONE = `${PATH}/{id:int}` as const;

const show = async (ctx: Context, holdout: Holdout) =>
  toHoldout(holdout, await peopleOf(ctx, [holdout]));

const place = (ctx: Context, { id }: { readonly id: number }) => ({ groupId: projectOf(ctx), id });

export const holdoutRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listExperimentHoldouts',
    summary: 'The holdouts of the project, the newest first.',
    access: reads('experiment'),
    query: PageQuery,
    response: pageOf(HoldoutAnswer),
    handle: async ({ ctx, query, request }) => {
      const page = pageFrom(await listHoldouts(ctx, projectOf(ctx)), query, request);
      const person = await peopleOf(ctx, page.results);
      return { ...page, results: page.results.map((row) => toHoldout(row, person)) };
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    operationId: 'createExperimentHoldout',
    summary: 'Makes a holdout: people whom no experiment that names it touches.',
    access: writes('experiment'),
    body: WholeHoldoutBody,
    status: 201,
    response: HoldoutAnswer,
    handle: async ({ ctx, body }) =>
      show(
        ctx,
        await createHoldout(ctx, {
          ...toHoldoutWishes(body),
          groupId: projectOf(ctx),
          name: body.name,
        }),
      ),
  }),
  route({
    method: 'GET',
    path: ONE,
    operationId: 'getExperimentHoldout',
    summary: 'A holdout.',
    access: reads('experiment'),
    response: HoldoutAnswer,
    handle: async ({ ctx, params }) => show(ctx, await findHoldout(ctx, place(ctx, params))),
  }),
  route({
    method: 'PATCH',
    path: ONE,
    operationId: 'changeExperimentHoldout',
    summary: 'Changes a holdout and the flags of the experiments that name it.',
    access: writes('experiment'),
    body: HoldoutBody,
    response: HoldoutAnswer,
    handle: async ({ ctx, params, body }) =>
      show(ctx, await changeHoldout(ctx, place(ctx, params), toHoldoutWishes(body))),
  }),
  route({
    method: 'PUT',
    path: ONE,
    operationId: 'replaceExperimentHoldout',
    summary: 'The same with every field that is required.',
    access: writes('experiment'),
    body: WholeHoldoutBody,
    response: HoldoutAnswer,
    handle: async ({ ctx, params, body }) =>
      show(ctx, await changeHoldout(ctx, place(ctx, params), toHoldoutWishes(body))),
  }),
  route({
    method: 'DELETE',
    path: ONE,
    operationId: 'deleteExperimentHoldout',
    summary: 'Removes a holdout for good; the experiments that named it then have none.',
    access: writes('experiment'),
    status: 204,
    handle: async ({ ctx, params }) => {
      await removeHoldout(ctx, place(ctx, params));
      return null;
    },
  }),
];
