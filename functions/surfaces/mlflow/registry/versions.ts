import * as z from 'zod';
import { type Route, reads, route, writes } from '#http/route.ts';
import { Entry, filled, runId } from '../fields.ts';
import { registry } from './verbs.ts';
import { toModelVersion } from './wire.ts';

const At = z.object({ name: filled(), version: filled() });
/** Clients send the empty text for what there is none of. */
const orNone = <S extends z.ZodType>(schema: S) =>
  z
    .union([z.literal(''), schema])
    .optional()
    .transform((value) => (value === '' ? undefined : value));

const NewVersion = z.object({
  name: filled(),
  source: filled(),
  run_id: orNone(runId()),
  run_link: z.string().optional(),
  model_id: orNone(z.string()),
  description: z.string().optional(),
  tags: z.array(Entry).default([]),
});

/** What is there of some fields. */
const present = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };

const create = route({
  method: 'POST',
  path: '/model-versions/create',
  operationId: 'createRegisteredModelVersion',
  summary: 'Make the next version of a registered model.',
  access: writes('model', { jobs: true }),
  body: NewVersion,
  handle: async ({ ctx, body: { name, source, tags, ...body } }) => {
    const { run_id: run, run_link: runLink, model_id: loggedModelId, description } = body;
    const version = await (await registry()).createRegisteredVersion(ctx, {
      name,
      source,
      tags,
      ...present({ runId: run as string | undefined, runLink, description }),
      ...present({ loggedModelId: loggedModelId as string | undefined }),
    });
    return { model_version: toModelVersion(version) };
  },
});

const get = route({
  method: 'GET',
  path: '/model-versions/get',
  operationId: 'getRegisteredModelVersion',
  summary: 'One version of a registered model.',
  access: reads('model', { jobs: true }),
  query: At,
  handle: async ({ ctx, query }) => ({
    model_version: toModelVersion(await (await registry()).getModelVersion(ctx, query)),
  }),
});

const change = route({
  method: 'PATCH',
  path: '/model-versions/update',
  operationId: 'updateRegisteredModelVersion',
  summary: 'Replace the description of a version.',
  access: writes('model', { jobs: true }),
  body: At.extend({ description: z.string().optional() }),
  handle: async ({ ctx, body: { description, ...at } }) => {
    const version = await (await registry()).updateModelVersion(ctx, {
      ...at,
      ...present({ description }),
    });
    return { model_version: toModelVersion(version) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/model-versions/delete',
  operationId: 'deleteRegisteredModelVersion',
  summary: 'Delete a version and the aliases that stand for it.',
  access: writes('model', { jobs: true }),
  body: At,
  handle: async ({ ctx, body }) => {
    await (await registry()).deleteModelVersion(ctx, body);
    return {};
  },
});

const transition = route({
  method: 'POST',
  path: '/model-versions/transition-stage',
  operationId: 'transitionModelVersionStage',
  summary: 'Move a version to another stage.',
  access: writes('model', { jobs: true }),
  body: At.extend({
    stage: filled(),
    archive_existing_versions: z.boolean().default(false),
  }),
  handle: async ({ ctx, body: { archive_existing_versions: archive, ...input } }) => ({
    model_version: toModelVersion(
      await (await registry()).transitionStage(ctx, { ...input, archive }),
    ),
  }),
});

const location = route({
  method: 'GET',
  path: '/model-versions/get-download-uri',
  operationId: 'getModelVersionDownloadUri',
  summary: 'Where the files of a version are, as a URI.',
  access: reads('model', { jobs: true }),
  query: At,
  handle: async ({ ctx, query }) => ({
    artifact_uri: await (await registry()).versionLocation(ctx, query),
  }),
});

const setTag = route({
  method: 'POST',
  path: '/model-versions/set-tag',
  operationId: 'setModelVersionTag',
  summary: 'Set a tag of a version.',
  access: writes('model', { jobs: true }),
  body: At.extend(Entry.shape),
  handle: async ({ ctx, body: { key, value, ...at } }) => {
    await (await registry()).setVersionTag(ctx, at, { key, value });
    return {};
  },
});

const removeTag = route({
  method: 'DELETE',
  path: '/model-versions/delete-tag',
  operationId: 'deleteModelVersionTag',
  summary: 'Delete a tag of a version.',
  access: writes('model', { jobs: true }),
  body: At.extend({ key: filled() }),
  handle: async ({ ctx, body: { key, ...at } }) => {
    await (await registry()).deleteVersionTag(ctx, at, key);
    return {};
  },
});

export const versionRoutes: readonly Route[] = [
  create,
  get,
  change,
  remove,
  transition,
  location,
  setTag,
  removeTag,
];
