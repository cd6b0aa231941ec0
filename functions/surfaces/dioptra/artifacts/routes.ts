import * as z from 'zod';
import { fileTypes } from '#domain/archives/index.ts';
import {
  ArtifactUri,
  artifactContents,
  listArtifactFiles,
  listArtifacts,
} from '#domain/artifacts/index.ts';
import { changeArtifact, registerArtifact } from '#domain/jobs/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import {
  BASE,
  besideOf,
  Description,
  GroupId,
  Id,
  ListQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  sortedBy,
} from '../shapes.ts';
import { ArtifactAnswer, artifactMount } from './wire.ts';

const ArtifactChange = z.strictObject({
  description: Description,
  pluginSnapshotId: z.nullable(Id).optional(),
  taskId: z.nullable(Id).optional(),
});
const NewArtifact = ArtifactChange.extend({
  group: GroupId,
  job: Id,
  artifactUri: ArtifactUri,
});

const MAX_OUTPUTS = 200;
const OUTPUT_ID = String.raw`\s*[0-9]{1,15}\s*`;
/** Ids of types, in the order of a task's outputs. */
const OutputParams = z
  .string()
  .max(1_000)
  .meta({ pattern: `^${OUTPUT_ID}(?:,${OUTPUT_ID}){0,${MAX_OUTPUTS - 1}}$` })
  .transform((list, ctx) => {
    const ids = list.split(',').map((id) => id.trim());
    if (ids.every((id) => /^\d{1,15}$/.test(id)) && ids.length <= MAX_OUTPUTS) {
      return ids.map(Number);
    }
    ctx.addIssue({ code: 'custom', message: 'Not a list of ids: separate integers by commas.' });
    return z.NEVER;
  });
const ArtifactListQuery = ListQuery.extend({
  ...sortedBy(artifactMount.kind),
  outputParams: OutputParams.optional(),
});
const ContentsQuery = z.object({
  path: z.string().optional(),
  fileType: z.enum(fileTypes).optional(),
});

/** The task of a body, left out where it says null. */
const taskOf = (body: z.output<typeof ArtifactChange>) => ({
  ...(body.pluginSnapshotId == null ? {} : { pluginSnapshotId: body.pluginSnapshotId }),
  ...(body.taskId == null ? {} : { taskId: body.taskId }),
});

/** A redirect to the bytes; a folder is packed first. */
async function contents(
  ctx: Context,
  id: number,
  { path, fileType }: z.output<typeof ContentsQuery>,
  snapshotId?: number,
): Promise<Response> {
  const location = await artifactContents(ctx, {
    id,
    ...(snapshotId === undefined ? {} : { snapshotId }),
    ...(path === undefined ? {} : { path }),
    ...(fileType === undefined ? {} : { fileType }),
  });
  return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store' } });
}

/** Artifacts are never deleted; their list has a filter of its own. */
const isCommon = ({ method, operationId }: Route): boolean =>
  method !== 'DELETE' && operationId !== 'listArtifacts';

export const artifactRoutes: readonly Route[] = [
  ...resourceRoutes(artifactMount).filter(isCommon),
  route({
    method: 'GET',
    path: '/artifacts',
    operationId: 'listArtifacts',
    summary: 'A page of the artifacts, of tasks with certain outputs if asked for.',
    access: reads('artifact'),
    query: ArtifactListQuery,
    response: pageOf(ArtifactAnswer),
    handle: async ({ ctx, query }) => {
      const { outputParams: outputTypes } = query;
      const filter = outputTypes === undefined ? {} : { outputTypes };
      const page = await listArtifacts(ctx, { ...pageRequest(query), ...filter });
      const beside = await besideOf(ctx, page.rows);
      const shaped = { rows: await artifactMount.shape(ctx, page.rows, beside), total: page.total };
      return pageAnswer('artifacts', query, shaped, (row) => row, {
        filters: outputTypes === undefined ? [] : [['outputParams', outputTypes.join()]],
      });
    },
  }),
  route({
    method: 'POST',
    path: '/artifacts',
    operationId: 'createArtifact',
    summary: 'Registers an output of a job by its URI.',
    access: writes('artifact', { jobs: true }),
    body: NewArtifact,
    response: ArtifactAnswer,
    handle: async ({ ctx, body }) => {
      const { group, job, artifactUri, description } = body;
      const input = { groupId: group, jobId: job, uri: artifactUri, description, ...taskOf(body) };
      return shapeOne(artifactMount, ctx, await registerArtifact(ctx, input));
    },
  }),
  route({
    method: 'PUT',
    path: '/artifacts/{id:int}',
    operationId: 'changeArtifact',
    summary: 'Replaces description and task; makes a snapshot.',
    access: writes('artifact'),
    body: ArtifactChange,
    response: ArtifactAnswer,
    handle: async ({ ctx, params, body }) => {
      const input = { id: params.id, description: body.description, ...taskOf(body) };
      return shapeOne(artifactMount, ctx, await changeArtifact(ctx, input));
    },
  }),
  route({
    method: 'GET',
    path: '/artifacts/{id:int}/files',
    operationId: 'listArtifactFiles',
    summary: 'The files of an artifact.',
    access: reads('artifact', { jobs: true }),
    response: z.array(
      z.object({
        relativePath: z.string(),
        isDir: z.boolean(),
        fileSize: z.nullable(z.int()),
        fileUrl: z.string(),
      }),
    ),
    handle: async ({ ctx, params }) => {
      const url = `${BASE}/artifacts/${params.id}/contents`;
      return (await listArtifactFiles(ctx, params.id)).map(({ relativePath, isDir, size }) => ({
        relativePath,
        isDir,
        fileSize: size,
        fileUrl: relativePath === '' ? url : `${url}?path=${encodeURIComponent(relativePath)}`,
      }));
    },
  }),
  route({
    method: 'GET',
    path: '/artifacts/{id:int}/contents',
    operationId: 'getArtifactContents',
    summary: 'Redirects to the bytes; a directory comes as an archive.',
    access: reads('artifact', { jobs: true }),
    query: ContentsQuery,
    handle: ({ ctx, params, query }) => contents(ctx, params.id, query),
  }),
  route({
    method: 'GET',
    path: '/artifacts/{id:int}/snapshots/{snapshotId:int}/contents',
    operationId: 'getArtifactSnapshotContents',
    summary: 'Redirects to the bytes of a version.',
    access: reads('artifact', { jobs: true }),
    query: ContentsQuery,
    handle: ({ ctx, params, query }) => contents(ctx, params.id, query, params.snapshotId),
  }),
];
