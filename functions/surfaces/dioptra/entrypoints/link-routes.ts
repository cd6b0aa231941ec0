import * as z from 'zod';
import {
  addEntrypointPlugins,
  type Entrypoint,
  entrypointKind,
  linkQueues,
  type PluginList,
  queueIds,
  removeEntrypointPlugin,
} from '#domain/entrypoints/index.ts';
import { getResource, readRefs } from '#domain/resources/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { IdStatus, Ids, idStatus, ResourceRef, resourceRef } from '../shapes.ts';
import { EntrypointPlugin, readBindings } from './plugin-wire.ts';
import { ArtifactPluginIds, PluginIds } from './wire.ts';

async function pluginsOf(ctx: Context, { data }: Entrypoint, list: PluginList) {
  return (await readBindings(ctx, data[list], [])).shape(data[list]);
}

async function pluginOf(ctx: Context, id: number, list: PluginList, pluginId: number) {
  const { data } = await getResource(ctx, entrypointKind, id);
  const bound = data[list].filter((one) => one.id === pluginId);
  const [shown] = (await readBindings(ctx, bound, [])).shape(bound);
  if (shown !== undefined) return shown;
  throw notFound('plugin', { plugin_id: pluginId, entrypoint_id: id });
}

async function queuesOf(ctx: Context, entrypoint: Entrypoint) {
  const linked = queueIds(entrypoint);
  const refs = await readRefs(ctx, linked);
  return linked.flatMap((id) => {
    const queue = refs.get(id);
    return queue === undefined ? [] : [resourceRef(ctx, 'queues', queue)];
  });
}

/** The routes of one of the two lists of plugins, but the one that adds. */
const listRoutes = (list: PluginList, title: string): readonly Route[] => [
  route({
    method: 'GET',
    path: `/entrypoints/{id:int}/${list}`,
    operationId: `listEntrypoint${title}s`,
    summary: 'The plugins that it binds, at their versions.',
    access: reads('entrypoint', { jobs: true }),
    response: z.array(EntrypointPlugin),
    handle: async ({ ctx, params }) =>
      pluginsOf(ctx, await getResource(ctx, entrypointKind, params.id), list),
  }),
  route({
    method: 'GET',
    path: `/entrypoints/{id:int}/${list}/{pluginId:int}`,
    operationId: `getEntrypoint${title}`,
    summary: 'One of the plugins that it binds.',
    access: reads('entrypoint', { jobs: true }),
    response: EntrypointPlugin,
    handle: async ({ ctx, params: { id, pluginId } }) => pluginOf(ctx, id, list, pluginId),
  }),
  route({
    method: 'DELETE',
    path: `/entrypoints/{id:int}/${list}/{pluginId:int}`,
    operationId: `removeEntrypoint${title}`,
    summary: 'Unbinds a plugin; makes a snapshot.',
    access: writes('entrypoint'),
    response: IdStatus,
    handle: async ({ ctx, params: { id, pluginId } }) => {
      await removeEntrypointPlugin(ctx, id, list, pluginId);
      return idStatus(pluginId);
    },
  }),
];

const addRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/entrypoints/{id:int}/plugins',
    operationId: 'addEntrypointPlugins',
    summary: 'Binds the newest versions of plugins; makes a snapshot.',
    access: writes('entrypoint'),
    body: PluginIds,
    response: z.array(EntrypointPlugin),
    handle: async ({ ctx, params: { id }, body }) =>
      pluginsOf(ctx, await addEntrypointPlugins(ctx, id, 'plugins', body.plugins), 'plugins'),
  }),
  route({
    method: 'POST',
    path: '/entrypoints/{id:int}/artifactPlugins',
    operationId: 'addEntrypointArtifactPlugins',
    summary: 'Binds the newest versions of artifact plugins; makes a snapshot.',
    access: writes('entrypoint'),
    body: ArtifactPluginIds,
    response: z.array(EntrypointPlugin),
    handle: async ({ ctx, params: { id }, body: { artifactPlugins } }) => {
      const list = 'artifactPlugins';
      return pluginsOf(ctx, await addEntrypointPlugins(ctx, id, list, artifactPlugins), list);
    },
  }),
];

const QUEUES = '/entrypoints/{id:int}/queues';

const queueRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: QUEUES,
    operationId: 'listEntrypointQueues',
    summary: 'The queues that its jobs may wait in.',
    access: reads('entrypoint'),
    response: z.array(ResourceRef),
    handle: async ({ ctx, params }) =>
      queuesOf(ctx, await getResource(ctx, entrypointKind, params.id)),
  }),
  route({
    method: 'POST',
    path: QUEUES,
    operationId: 'addEntrypointQueues',
    summary: 'Lets its jobs wait in more queues.',
    access: writes('entrypoint'),
    body: Ids,
    response: z.array(ResourceRef),
    handle: async ({ ctx, params: { id }, body }) =>
      queuesOf(ctx, await linkQueues(ctx, id, (now) => [...now, ...body.ids])),
  }),
  route({
    method: 'PUT',
    path: QUEUES,
    operationId: 'setEntrypointQueues',
    summary: 'Replaces the queues that its jobs may wait in.',
    access: writes('entrypoint'),
    body: Ids,
    response: z.array(ResourceRef),
    handle: async ({ ctx, params: { id }, body }) =>
      queuesOf(ctx, await linkQueues(ctx, id, () => body.ids)),
  }),
  route({
    method: 'DELETE',
    path: QUEUES,
    operationId: 'clearEntrypointQueues',
    summary: 'Takes all queues away.',
    access: writes('entrypoint'),
    response: IdStatus,
    handle: async ({ ctx, params: { id } }) => {
      let removed: readonly number[] = [];
      await linkQueues(ctx, id, (now) => {
        removed = now;
        return [];
      });
      return idStatus(...removed);
    },
  }),
  route({
    method: 'DELETE',
    path: `${QUEUES}/{queueId:int}`,
    operationId: 'removeEntrypointQueue',
    summary: 'Takes one queue away.',
    access: writes('entrypoint'),
    response: IdStatus,
    handle: async ({ ctx, params: { id, queueId } }) => {
      await linkQueues(ctx, id, (now) => {
        if (!now.includes(queueId)) {
          throw notFound('queue', { queue_id: queueId, entrypoint_id: id });
        }
        return now.filter((other) => other !== queueId);
      });
      return idStatus(queueId);
    },
  }),
];

export const linkRoutes: readonly Route[] = [
  ...listRoutes('plugins', 'Plugin'),
  ...listRoutes('artifactPlugins', 'ArtifactPlugin'),
  ...addRoutes,
  ...queueRoutes,
];
