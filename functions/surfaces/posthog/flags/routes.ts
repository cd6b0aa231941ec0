import { changeFlag, createFlag, findFlag, listFlags } from '#domain/flags/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notDeleted } from '../not-deleted.ts';
import { pageFrom, pageOf } from '../paging.ts';
import { projectOf } from '../project.ts';
import { FlagBody, NewFlagBody, toFlagFields } from './body.ts';
import { evaluationRoutes } from './evaluation-routes.ts';
import { chosenFlags, ListQuery } from './list.ts';
import { remoteConfigRoute } from './remote-config.ts';
import { FlagAnswer, flagsShown } from './wire.ts';

const FLAGS = '/api/projects/{project}/feature_flags';
const FLAG = `${FLAGS}/{id:int}` as const;

async function change(ctx: Context, id: number, body: ReturnType<typeof FlagBody.parse>) {
  const groupId = projectOf(ctx);
  if (body.deleted === true) {
    // Few flags are deleted: what knows experiments loads for them.
    const { requireFlagUnused } = await import('#domain/abtests/index.ts');
    await requireFlagUnused(ctx, { groupId, id });
  }
  const flag = await changeFlag(ctx, {
    groupId,
    id,
    version: body.version,
    change: (before) => toFlagFields(body, before),
  });
  return (await flagsShown(ctx, [flag]))(flag);
}

export const flagRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: FLAGS,
    operationId: 'listFeatureFlags',
    summary: 'The feature flags of the project that are not deleted.',
    access: reads('feature_flag'),
    query: ListQuery,
    response: pageOf(FlagAnswer),
    handle: async ({ ctx, query, request }) => {
      const flags = chosenFlags(await listFlags(ctx, projectOf(ctx)), query, ctx.clock.now());
      const page = pageFrom(flags, query, request);
      return { ...page, results: page.results.map(await flagsShown(ctx, page.results)) };
    },
  }),
  route({
    method: 'POST',
    path: FLAGS,
    operationId: 'createFeatureFlag',
    summary: 'Makes a feature flag.',
    access: writes('feature_flag'),
    status: 201,
    body: NewFlagBody,
    response: FlagAnswer,
    handle: async ({ ctx, body }) => {
      const fields = { ...toFlagFields(body), key: body.key, deleted: false };
      const flag = await createFlag(ctx, { groupId: projectOf(ctx), ...fields });
      return (await flagsShown(ctx, [flag]))(flag);
    },
  }),
  route({
    method: 'GET',
    path: FLAG,
    operationId: 'getFeatureFlag',
    summary: 'A feature flag, also one that is deleted.',
    access: reads('feature_flag'),
    response: FlagAnswer,
    handle: async ({ ctx, params: { id } }) => {
      const flag = await findFlag(ctx, { groupId: projectOf(ctx), id });
      return (await flagsShown(ctx, [flag]))(flag);
    },
  }),
  route({
    method: 'PATCH',
    path: FLAG,
    operationId: 'changeFeatureFlag',
    summary: 'Changes what is named; deletes with "deleted": true, and brings back with false.',
    access: writes('feature_flag'),
    body: FlagBody,
    response: FlagAnswer,
    handle: async ({ ctx, params, body }) => change(ctx, params.id, body),
  }),
  route({
    method: 'PUT',
    path: FLAG,
    operationId: 'replaceFeatureFlag',
    summary: 'The same, with the key as a member that has to be there.',
    access: writes('feature_flag'),
    body: NewFlagBody,
    response: FlagAnswer,
    handle: async ({ ctx, params, body }) => change(ctx, params.id, body),
  }),
  route({
    method: 'DELETE',
    path: FLAG,
    operationId: 'deleteFeatureFlag',
    summary: 'Not allowed: flags are deleted by a PATCH.',
    access: writes('feature_flag'),
    status: 405,
    handle: notDeleted,
  }),
  remoteConfigRoute,
  ...evaluationRoutes,
];
