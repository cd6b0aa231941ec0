import * as z from 'zod';
import {
  changePluginFile,
  createPluginFile,
  deletePluginFile,
  deletePluginFiles,
  getPluginFile,
  getPluginFileSnapshot,
  listPluginFileSnapshots,
  listPluginFiles,
  type PluginFileData,
  type PluginFile as PluginFileRow,
  pluginFileKind,
  pluginKind,
} from '#domain/plugins/index.ts';
import { getResource, resourceTag, snapshotTag } from '#domain/resources/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { pluginFileName, verbatim } from '#kernel/strings.ts';
import { draftRoutes } from '../mounts/draft-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import type { Place } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import {
  Description,
  IdStatus,
  idStatus,
  PageQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  SortQuery,
  sortedBy,
} from '../shapes.ts';
import { NewTasks } from './task-wire.ts';
import { PluginFile, shapeFiles, shapeFileVersions } from './wire.ts';

const MAX_CONTENTS = 4 * 1024 * 1024;

const NewPluginFile = z.strictObject({
  filename: pluginFileName(),
  contents: verbatim({ max: MAX_CONTENTS }),
  tasks: NewTasks,
  description: Description,
});

export const fileEdits = editsOf({
  kind: pluginFileKind,
  fields: NewPluginFile,
  create: async (ctx, { parentId = 0 }, fields) =>
    (await createPluginFile(ctx, parentId, fields)).file,
  changes: NewPluginFile,
  change: async (ctx, { id, parentId = 0 }, fields) =>
    (await changePluginFile(ctx, parentId, id, fields)).file,
});

const FILES = '/plugins/{id:int}/files';
const FILE = '/plugins/{id:int}/files/{fileId:int}';

export const filePlace: Place<PluginFileData> = {
  kind: pluginFileKind,
  title: 'PluginFile',
  scope: 'plugin',
  collection: FILES,
  item: FILE,
  find: async (ctx, { id = 0, fileId = 0 }) => (await getPluginFile(ctx, id, fileId)).file.id,
  parent: (ctx, { id = 0 }) => getResource(ctx, pluginKind, id),
};
/** One file as an answer, with its version. */
async function shapeFile(ctx: Context, pluginId: number, file: PluginFileRow): Promise<object> {
  const [answer] = await shapeFiles(ctx, pluginId, [file]);
  return tagged(answer ?? {}, resourceTag(pluginFileKind, file));
}

const oneFileRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: FILE,
    operationId: 'getPluginFile',
    summary: 'One file of a plugin.',
    access: reads('plugin', { jobs: true }),
    response: PluginFile,
    handle: async ({ ctx, params: { id, fileId } }) =>
      shapeFile(ctx, id, (await getPluginFile(ctx, id, fileId)).file),
  }),
  route({
    method: 'PUT',
    path: FILE,
    operationId: 'changePluginFile',
    summary: 'Replaces a file; makes a snapshot of it and of the plugin.',
    access: writes('plugin'),
    body: NewPluginFile,
    response: PluginFile,
    handle: async ({ ctx, params: { id, fileId }, body }) =>
      shapeFile(ctx, id, (await changePluginFile(ctx, id, fileId, body)).file),
  }),
  route({
    method: 'DELETE',
    path: FILE,
    operationId: 'deletePluginFile',
    summary: 'Deletes a file; makes a snapshot of the plugin without it.',
    access: writes('plugin'),
    response: IdStatus,
    handle: async ({ ctx, params: { id, fileId } }) => {
      await deletePluginFile(ctx, id, fileId);
      return idStatus(fileId);
    },
  }),
  route({
    method: 'GET',
    path: `${FILE}/snapshots`,
    operationId: 'listPluginFileSnapshots',
    summary: 'A page of the versions of a file, oldest first.',
    access: reads('plugin'),
    query: PageQuery,
    response: pageOf(PluginFile),
    handle: async ({ ctx, params: { id, fileId }, query }) => {
      const page = await listPluginFileSnapshots(ctx, id, fileId, pageRequest(query));
      const shaped = { rows: await shapeFileVersions(ctx, id, page.rows), total: page.total };
      return pageAnswer(`plugins/${id}/files/${fileId}/snapshots`, query, shaped, (row) => row);
    },
  }),
  route({
    method: 'GET',
    path: `${FILE}/snapshots/{snapshotId:int}`,
    operationId: 'getPluginFileSnapshot',
    summary: 'One version of a file.',
    access: reads('plugin', { jobs: true }),
    response: PluginFile,
    handle: async ({ ctx, params: { id, fileId, snapshotId } }) => {
      const version = await getPluginFileSnapshot(ctx, id, fileId, snapshotId);
      const [answer] = await shapeFileVersions(ctx, id, [version]);
      return tagged(answer ?? {}, snapshotTag(pluginFileKind, version.resource, version.id));
    },
  }),
];

export const pluginFileRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: FILES,
    operationId: 'listPluginFiles',
    summary: 'A page of the files of a plugin.',
    access: reads('plugin'),
    query: SortQuery.extend(sortedBy(pluginFileKind)),
    response: pageOf(PluginFile),
    handle: async ({ ctx, params: { id }, query }) => {
      const page = await listPluginFiles(ctx, id, pageRequest(query));
      const shaped = { rows: await shapeFiles(ctx, id, page.rows), total: page.total };
      return pageAnswer(`plugins/${id}/files`, query, shaped, (row) => row);
    },
  }),
  route({
    method: 'POST',
    path: FILES,
    operationId: 'createPluginFile',
    summary: 'Adds a file to a plugin; makes a snapshot of the plugin.',
    access: writes('plugin'),
    body: NewPluginFile,
    response: PluginFile,
    handle: async ({ ctx, params: { id }, body }) =>
      shapeFile(ctx, id, (await createPluginFile(ctx, id, body)).file),
  }),
  route({
    method: 'DELETE',
    path: FILES,
    operationId: 'deletePluginFiles',
    summary: 'Deletes all files of a plugin.',
    access: writes('plugin'),
    response: IdStatus,
    handle: async ({ ctx, params: { id } }) => idStatus(...(await deletePluginFiles(ctx, id))),
  }),
  ...oneFileRoutes,
  ...tagRoutes(filePlace),
  ...draftRoutes(filePlace, fileEdits),
];
