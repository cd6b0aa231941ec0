import * as z from 'zod';
import {
  changeModelVersion,
  createModelVersion,
  getModelVersion,
  listModelVersions,
  modelVersionKind,
  type ShownVersion,
} from '#domain/models/index.ts';
import { resourceTag } from '#domain/resources/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { Description, Id, PageQuery, pageAnswer, pageOf, pageRequest } from '../shapes.ts';
import { ModelVersion, toModelVersion } from './wire.ts';

const VersionChange = z.strictObject({ description: Description });
const NewVersion = VersionChange.extend({ artifact: Id });

const oneVersion = (ctx: Context, shown: ShownVersion): object =>
  tagged(toModelVersion(ctx, shown), resourceTag(modelVersionKind, shown.version));

/** The versions of a model, by their numbers. */
export const versionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/models/{id:int}/versions',
    operationId: 'listModelVersions',
    summary: 'A page of the versions of a model, oldest first.',
    access: reads('model'),
    query: PageQuery,
    response: pageOf(ModelVersion),
    handle: async ({ ctx, params, query }) => {
      const page = await listModelVersions(ctx, params.id, pageRequest(query));
      const { model } = page;
      return pageAnswer(`models/${params.id}/versions`, query, page, (version) =>
        toModelVersion(ctx, { model, version }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/models/{id:int}/versions',
    operationId: 'createModelVersion',
    summary: 'Makes an artifact the next version of a model.',
    access: writes('model'),
    body: NewVersion,
    response: ModelVersion,
    handle: async ({ ctx, params, body: { artifact, description } }) => {
      const input = { modelId: params.id, artifactId: artifact, description };
      return oneVersion(ctx, await createModelVersion(ctx, input));
    },
  }),
  route({
    method: 'GET',
    path: '/models/{id:int}/versions/{versionNumber:int}',
    operationId: 'getModelVersion',
    summary: 'A version of a model by its number.',
    access: reads('model'),
    response: ModelVersion,
    handle: async ({ ctx, params: { id, versionNumber } }) =>
      oneVersion(ctx, await getModelVersion(ctx, { modelId: id, number: versionNumber })),
  }),
  route({
    method: 'PUT',
    path: '/models/{id:int}/versions/{versionNumber:int}',
    operationId: 'changeModelVersion',
    summary: 'Replaces the description of a version.',
    access: writes('model'),
    body: VersionChange,
    response: ModelVersion,
    handle: async ({ ctx, params: { id, versionNumber }, body: { description } }) => {
      const which = { modelId: id, number: versionNumber };
      return oneVersion(ctx, await changeModelVersion(ctx, { ...which, description }));
    },
  }),
];
