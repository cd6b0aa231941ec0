import { artifactKind } from '#domain/artifacts/index.ts';
import {
  castParameterValue,
  type EntrypointData,
  entrypointKind,
  renderedConfig,
} from '#domain/entrypoints/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import { asSystem, type Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { artifactInputs } from './claim/artifact-inputs.ts';
import { getJob, type Job } from './job.ts';
import type { ArtifactInput } from './protocol.ts';
import { choicesOf } from './submit/job-swaps.ts';

/** JSON text of the typed parameters by name; numbers keep their kind and digits. */
export function typedParameters(job: Pick<Job, 'data'>, entrypoint: EntrypointData): string {
  const typed = Object.entries(job.data.values).map(([name, value]) => {
    const type = entrypoint.parameters.find((p) => p.name === name)?.parameterType ?? 'string';
    const cast = castParameterValue(type, value);
    return [name, cast.ok ? cast.value : value];
  });
  return JSON.stringify(Object.fromEntries(typed));
}

/** Throws `not_found` for a job of a workflow, which has none. */
async function entrypointOf(ctx: Context, job: Job): Promise<EntrypointData> {
  if (job.data.workflow !== undefined) throw notFound('entry_point', { job_id: job.id });
  const { id, snapshot } = job.data.entrypoint;
  return (await getSnapshot(asSystem(ctx), entrypointKind, id, snapshot)).data;
}

/** The typed values of a job's parameters, as JSON text. */
export async function jobParameters(ctx: Context, jobId: number): Promise<string> {
  const job = await getJob(ctx, jobId);
  if (job.data.workflow !== undefined) return JSON.stringify(job.data.values);
  return typedParameters(job, await entrypointOf(ctx, job));
}

/** The engine document of a job, with its choices alone, as JSON text. */
export async function jobConfig(ctx: Context, jobId: number): Promise<string> {
  const job = await getJob(ctx, jobId);
  return renderedConfig(await entrypointOf(ctx, job), choicesOf(job.data));
}

/** What a job reads. */
export async function jobArtifactParameters(ctx: Context, jobId: number) {
  const job = await getJob(ctx, jobId);
  if (job.data.workflow !== undefined) return [];
  const system = asSystem(ctx);
  const inputs: { readonly [name: string]: ArtifactInput } = await artifactInputs(
    system,
    job,
    await entrypointOf(ctx, job),
  );
  return Promise.all(
    Object.entries(inputs).map(async ([name, input]) => {
      const { artifactId, artifactSnapshotId } = input;
      const { data } = await getSnapshot(system, artifactKind, artifactId, artifactSnapshotId);
      return {
        name,
        input,
        uri: data.uri,
        pluginId: data.task?.pluginId ?? 0,
        pluginSnapshotId: data.task?.pluginSnapshot ?? 0,
      };
    }),
  );
}
