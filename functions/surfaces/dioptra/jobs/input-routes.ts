import * as z from 'zod';
import { jobArtifactParameters, jobConfig, jobParameters } from '#domain/jobs/index.ts';
import { workflowArchive, workflowPlugins } from '#domain/mlprojects/index.ts';
import { attachment } from '#http/attachment.ts';
import { type Route, reads, route } from '#http/route.ts';
import { BundleQuery } from '../plugins/bundle-query.ts';

/** JSON that was made elsewhere, sent as it is: it keeps `1.0` and long integers. */
const jsonText = (text: string): Response =>
  new Response(text, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });

const ArtifactParameters = z.record(z.string(), z.unknown());

/** What whoever runs a job reads of it. */
export const inputRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/jobs/{id:int}/parameters',
    operationId: 'getJobParameters',
    summary: 'The typed values of the parameters.',
    access: reads('job', { jobs: true }),
    response: z.record(z.string(), z.unknown()),
    handle: async ({ ctx, params }) => jsonText(await jobParameters(ctx, params.id)),
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/artifactParameters',
    operationId: 'getJobArtifactParameters',
    summary: 'The artifacts that the job reads, with the tasks that read them.',
    access: reads('job', { jobs: true }),
    response: ArtifactParameters,
    handle: async ({ ctx, params }) => {
      const inputs = await jobArtifactParameters(ctx, params.id);
      return Object.fromEntries(
        inputs.map(({ name, uri, pluginId, pluginSnapshotId, input }) => [
          name,
          {
            artifact_id: input.artifactId,
            artifact_snapshot_id: input.artifactSnapshotId,
            artifact_uri: uri,
            is_dir: input.isDir,
            artifact_task: {
              plugin_id: pluginId,
              plugin_name: input.pluginName,
              plugin_snapshot_id: pluginSnapshotId,
              file_name: input.taskFile,
              task_name: input.taskName,
              outputs: input.outputs,
            },
          },
        ]),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/config',
    operationId: 'getJobConfig',
    summary: 'The engine document that the job runs.',
    access: reads('job', { jobs: true }),
    response: z.record(z.string(), z.unknown()),
    handle: async ({ ctx, params }) => jsonText(await jobConfig(ctx, params.id)),
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/workflow',
    operationId: 'getJobWorkflow',
    summary: 'The archive of a job that runs an MLproject.',
    access: reads('job', { jobs: true }),
    handle: async ({ ctx, params }) => attachment(await workflowArchive(ctx, params.id)),
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/workflowPlugins/bundle',
    operationId: 'getJobWorkflowPluginsBundle',
    summary: 'The plugins that such a job may import, as they were when it was submitted.',
    access: reads('job', { jobs: true }),
    query: BundleQuery,
    handle: async ({ ctx, params, query }) =>
      attachment(await workflowPlugins(ctx, params.id, query.fileType)),
  }),
];
