import type { FileType } from '#domain/archives/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { pluginBundle } from '#domain/plugins/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Download } from '#kernel/download.ts';
import { notFound } from '#kernel/errors.ts';

const URL_SECONDS = 300;

async function workflowOf(ctx: Context, jobId: number) {
  const { data } = await getJob(ctx, jobId);
  if (data.workflow === undefined) throw notFound('workflow', { job_id: jobId });
  return data.workflow;
}

/** The archive that a job runs. Throws `not_found` (`workflow`) for a job of an entrypoint. */
export async function workflowArchive(ctx: Context, jobId: number): Promise<Download> {
  const { key, filename } = await workflowOf(ctx, jobId);
  const url = await ctx.blobs.signGet(key, { expiresIn: URL_SECONDS, filename });
  return { filename, contentType: 'application/octet-stream', url };
}

/** The plugins that the job's code may import, as they were when it was submitted. */
export async function workflowPlugins(
  ctx: Context,
  jobId: number,
  type: FileType,
): Promise<Download> {
  const { plugins } = await workflowOf(ctx, jobId);
  return pluginBundle(ctx, plugins, { name: 'plugins_bundle', type });
}
