import * as z from 'zod';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { Entry, filled, listed } from '../fields.ts';
import { unlessEmpty } from '../wire.ts';
import { registry } from './verbs.ts';
import { toModelVersion, toRegisteredModel } from './wire.ts';

const Named = z.object({ name: filled() });

const create = route({
  method: 'POST',
  path: '/registered-models/create',
  operationId: 'createRegisteredModel',
  summary: 'Register a model (or a prompt) in the first group that the caller may write to.',
  access: writes('model', { jobs: true }),
  body: Named.extend({ tags: z.array(Entry).default([]), description: z.string().optional() }),
  handle: async ({ ctx, body: { description, ...input } }) => {
    const model = await (await registry()).createRegisteredModel(ctx, {
      ...input,
      ...(description === undefined ? {} : { description }),
    });
    return { registered_model: toRegisteredModel(model) };
  },
});

const get = route({
  method: 'GET',
  path: '/registered-models/get',
  operationId: 'getRegisteredModel',
  summary: 'One model with its tags, its aliases and the newest version of each stage.',
  access: reads('model', { jobs: true }),
  query: Named,
  handle: async ({ ctx, query: { name } }) => ({
    registered_model: toRegisteredModel(await (await registry()).getRegisteredModel(ctx, name)),
  }),
});

const change = route({
  method: 'PATCH',
  path: '/registered-models/update',
  operationId: 'updateRegisteredModel',
  summary: 'Replace the description of a model.',
  access: writes('model', { jobs: true }),
  body: Named.extend({ description: z.string().default('') }),
  handle: async ({ ctx, body }) => ({
    registered_model: toRegisteredModel(await (await registry()).updateRegisteredModel(ctx, body)),
  }),
});

const rename = route({
  method: 'POST',
  path: '/registered-models/rename',
  operationId: 'renameRegisteredModel',
  summary: 'Give a model another name; versions, aliases and tags stay with it.',
  access: writes('model', { jobs: true }),
  body: Named.extend({ new_name: filled() }),
  handle: async ({ ctx, body: { name, new_name: newName } }) => ({
    registered_model: toRegisteredModel(
      await (await registry()).renameRegisteredModel(ctx, { name, newName }),
    ),
  }),
});

const remove = route({
  method: 'DELETE',
  path: '/registered-models/delete',
  operationId: 'deleteRegisteredModel',
  summary: 'Delete a model with all its versions.',
  access: writes('model', { jobs: true }),
  body: Named,
  handle: async ({ ctx, body: { name } }) => {
    await (await registry()).deleteRegisteredModel(ctx, name);
    return {};
  },
});

const LatestRequest = Named.extend({ stages: listed() });

async function latest(ctx: Context, input: z.output<typeof LatestRequest>) {
  const versions = await (await registry()).latestVersions(ctx, input);
  return unlessEmpty('model_versions', versions.map(toModelVersion));
}

const latestRow = {
  path: '/registered-models/get-latest-versions',
  summary: 'The newest version of a model in each of some stages, or in all.',
  access: reads('model', { jobs: true }),
} as const;

const getLatest = route({
  ...latestRow,
  method: 'GET',
  operationId: 'getLatestVersions',
  query: LatestRequest,
  handle: ({ ctx, query }) => latest(ctx, query),
});

const postLatest = route({
  ...latestRow,
  method: 'POST',
  operationId: 'postLatestVersions',
  body: LatestRequest,
  handle: ({ ctx, body }) => latest(ctx, body),
});

const setTag = route({
  method: 'POST',
  path: '/registered-models/set-tag',
  operationId: 'setRegisteredModelTag',
  summary: 'Set a tag of a model.',
  access: writes('model', { jobs: true }),
  body: Named.extend(Entry.shape),
  handle: async ({ ctx, body: { name, ...tag } }) => {
    await (await registry()).setModelTag(ctx, name, tag);
    return {};
  },
});

const removeTag = route({
  method: 'DELETE',
  path: '/registered-models/delete-tag',
  operationId: 'deleteRegisteredModelTag',
  summary: 'Delete a tag of a model.',
  access: writes('model', { jobs: true }),
  body: Named.extend({ key: filled() }),
  handle: async ({ ctx, body: { name, key } }) => {
    await (await registry()).deleteModelTag(ctx, name, key);
    return {};
  },
});

export const modelRoutes: readonly Route[] = [
  create,
  get,
  change,
  rename,
  remove,
  getLatest,
  postLatest,
  setTag,
  removeTag,
];
