import * as z from 'zod';
import { changePlugin, createPlugin, pluginFilesBundle } from '#domain/plugins/index.ts';
import { attachment } from '#http/attachment.ts';
import { type Route, reads, route } from '#http/route.ts';
import { pluginName } from '#kernel/strings.ts';
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { resourceRoutes } from '../resource-routes.ts';
import { Description } from '../shapes.ts';
import { BundleQuery } from './bundle-query.ts';
import { fileEdits, pluginFileRoutes } from './file-routes.ts';
import { pluginMount } from './wire.ts';

const PluginFields = z.strictObject({ name: pluginName(), description: Description });

export { fileEdits };

export const pluginEdits = editsOf({
  kind: pluginMount.kind,
  fields: PluginFields,
  create: (ctx, { groupId }, fields) => createPlugin(ctx, { ...fields, groupId }),
  changes: PluginFields,
  change: (ctx, { id }, fields) => changePlugin(ctx, id, fields),
});

export const pluginRoutes: readonly Route[] = [
  ...resourceRoutes(pluginMount),
  ...editRoutes(pluginMount, pluginEdits),
  ...tagRoutes(placeOf(pluginMount)),
  route({
    method: 'GET',
    path: '/plugins/{id:int}/snapshots/{snapshotId:int}/files/bundle',
    operationId: 'getPluginFilesBundle',
    summary: 'The files of one version as an archive.',
    access: reads('plugin', { jobs: true }),
    query: BundleQuery,
    handle: async ({ ctx, params: { id, snapshotId }, query }) =>
      attachment(await pluginFilesBundle(ctx, { id, snapshot: snapshotId }, query.fileType)),
  }),
  ...pluginFileRoutes,
];
