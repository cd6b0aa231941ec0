import { entrypointKind, renderedConfig } from '#domain/entrypoints/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import { asSystem, type Context } from '#kernel/context.ts';
import { GRACE_SECONDS, type Job, type JobWorkflow, leaseTimes } from '../job.ts';
import { typedParameters } from '../job-details.ts';
import type { DioptraClaim, JobClaim, MlprojectClaim } from '../protocol.ts';
import { choicesOf } from '../submit/job-swaps.ts';
import { artifactInputs } from './artifact-inputs.ts';

/** What makes an attempt one: its number, its run, and what the worker and the child show. */
export interface Hold {
  readonly attempt: number;
  readonly runId: string;
  readonly lease: string;
  readonly jobToken: string;
}

/** What the worker needs to know whatever the job is of. */
function anyClaim(ctx: Context, job: Job, { attempt, runId, lease, jobToken }: Hold) {
  const times = leaseTimes(ctx);
  return {
    jobId: job.id,
    attempt,
    lease,
    leaseSeconds: times.seconds,
    heartbeatSeconds: times.heartbeatSeconds,
    timeoutSeconds: job.timeoutSeconds,
    graceSeconds: GRACE_SECONDS,
    groupId: job.groupId,
    experimentId: job.data.experiment.id,
    experimentName: job.data.experiment.name,
    entrypointName: job.data.entrypoint.name,
    runId,
    username: `job-${job.id}`,
    jobToken,
  };
}

type Own<C> = Omit<C, keyof ReturnType<typeof anyClaim>>;

async function dioptraClaim(ctx: Context, job: Job): Promise<Own<DioptraClaim>> {
  const system = asSystem(ctx);
  const { entrypoint: of } = job.data;
  const entrypoint = await getSnapshot(system, entrypointKind, of.id, of.snapshot);
  const snapshotPath = `/api/v1/entrypoints/${of.id}/snapshots/${of.snapshot}`;
  return {
    runtime: 'dioptra',
    config: await renderedConfig(entrypoint.data, choicesOf(job.data)),
    parameters: typedParameters(job, entrypoint.data),
    pluginsBundlePath: `${snapshotPath}/plugins/bundle?fileType=tar_gz`,
    artifactPluginsBundlePath:
      entrypoint.data.artifactPlugins.length === 0
        ? null
        : `${snapshotPath}/artifactPlugins/bundle?fileType=tar_gz`,
    artifactTasks: { ...entrypoint.data.artifactTasks },
    artifactInputs: await artifactInputs(system, job, entrypoint.data),
  };
}

function mlprojectClaim({ id, data }: Job, workflow: JobWorkflow): Own<MlprojectClaim> {
  const { size, root, environment, plugins } = workflow;
  return {
    runtime: 'mlproject',
    workflowPath: `/api/v1/jobs/${id}/workflow`,
    workflowBytes: size,
    projectRoot: root,
    parameters: { ...data.values },
    environment,
    pluginsBundlePath:
      plugins.length === 0 ? null : `/api/v1/jobs/${id}/workflowPlugins/bundle?fileType=tar_gz`,
  };
}

/** What the worker needs to know of an attempt. */
export async function claimOf(ctx: Context, job: Job, hold: Hold): Promise<JobClaim> {
  const { workflow } = job.data;
  const own = workflow === undefined ? await dioptraClaim(ctx, job) : mlprojectClaim(job, workflow);
  return { ...anyClaim(ctx, job, hold), ...own };
}
