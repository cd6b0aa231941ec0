import * as z from 'zod';
import { changePlugin, createPlugin, pluginFilesBundle } from '#domain/plugins/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { pluginName } from '#kernel/strings.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, GroupId } from '../shapes.ts';
import { BundleQuery, bundleAnswer } from './bundle-answer.ts';
import { pluginFileRoutes } from './file-routes.ts';
import { Plugin, pluginMount } from './wire.ts';

const PluginChange = z.strictObject({ name: pluginName(), description: Description });
const NewPlugin = PluginChange.extend({ group: GroupId });

export const pluginRoutes: readonly Route[] = [
  ...resourceRoutes(pluginMount),
  route({
    method: 'POST',
    path: '/plugins',
    operationId: 'createPlugin',
    summary: 'Creates a plugin, without files, in a group.',
    access: writes('plugin'),
    body: NewPlugin,
    response: Plugin,
    handle: async ({ ctx, body: { group, ...plugin } }) =>
      shapeOne(pluginMount, ctx, await createPlugin(ctx, { ...plugin, groupId: group })),
  }),
  route({
    method: 'PUT',
    path: '/plugins/{id:int}',
    operationId: 'changePlugin',
    summary: 'Replaces name and description; makes a snapshot.',
    access: writes('plugin'),
    body: PluginChange,
    response: Plugin,
    handle: async ({ ctx, params, body }) =>
      shapeOne(pluginMount, ctx, await changePlugin(ctx, params.id, body)),
  }),
  route({
    method: 'GET',
    path: '/plugins/{id:int}/snapshots/{snapshotId:int}/files/bundle',
    operationId: 'getPluginFilesBundle',
    summary: 'The files of one version as an archive.',
    access: reads('plugin', { jobs: true }),
    query: BundleQuery,
    handle: async ({ ctx, params: { id, snapshotId }, query }) =>
      bundleAnswer(await pluginFilesBundle(ctx, { id, snapshot: snapshotId }, query.fileType)),
  }),
  ...pluginFileRoutes,
];
