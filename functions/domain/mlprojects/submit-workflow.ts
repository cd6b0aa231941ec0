import { createHash } from 'node:crypto';
import { bytesSource } from '#archives/archive-source.ts';
import { MAX_WORKFLOW_BYTES } from '#archives/workflow-limits.ts';
import { type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { bound, type Job, type JobWishes, storeJob } from '#domain/jobs/index.ts';
import { pluginKind } from '#domain/plugins/index.ts';
import { type Queue, queueKind } from '#domain/queues/index.ts';
import {
  getResource,
  groupList,
  listedResources,
  readWholeLists,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, invalid, notFound } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { checkWorkflow } from './archive.ts';
import { parseArguments } from './arguments.ts';
import { workflowKey } from './uploads.items.ts';
import {
  findUpload,
  safeFilename,
  storedArchive,
  uploadUsed,
  workflowTooLarge,
} from './uploads.ts';

export interface NewWorkflowJob extends JobWishes {
  readonly experimentId: number;
  readonly queueId: number;
  readonly description: string;
  readonly entryPoint: string;
  /** As for `mlflow run`: `-P a=1 -P b=2`. */
  readonly kwargs?: string | undefined;
  /** The archive itself, or the id of its upload. */
  readonly workflow:
    | { readonly filename: string; readonly bytes: Uint8Array }
    | { readonly upload: string };
}

/** Plugins of a group that a workflow may use at most. */
const MAX_PLUGINS = 500;

/** Where the archive is, and what makes it the job's. */
interface Found {
  readonly key: string;
  readonly filename: string;
  readonly size: number;
  readonly source: ReturnType<typeof bytesSource>;
  /** Puts it into the store, where it is not yet. */
  readonly store: () => Promise<void>;
  readonly more: readonly Write[];
}

async function find(ctx: Context, { workflow }: NewWorkflowJob): Promise<Found> {
  if ('upload' in workflow) {
    const upload = await findUpload(ctx, workflow.upload);
    const key = workflowKey(upload);
    const { filename, size } = upload;
    const source = storedArchive(ctx, key, size);
    return { key, filename, size, source, store: async () => {}, more: [uploadUsed(upload)] };
  }
  const { bytes } = workflow;
  if (bytes.byteLength > MAX_WORKFLOW_BYTES) throw workflowTooLarge();
  const filename = safeFilename(workflow.filename);
  // Named by what it holds: whoever submits it a hundred times stores it once.
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const key = workflowKey({ id, filename });
  const size = bytes.byteLength;
  return {
    key,
    filename,
    size,
    source: bytesSource(bytes),
    store: () => keep(ctx, key, bytes),
    more: [],
  };
}

async function keep(ctx: Context, key: string, bytes: Uint8Array): Promise<void> {
  try {
    const stored = await ctx.blobs.head(key);
    if (stored?.size !== bytes.byteLength) await ctx.blobs.put(key, bytes);
  } catch (cause) {
    throw new AppError('unavailable', 'workflow: the archive could not be stored; try again.', {
      reason: 'workflow_storage',
      retryAfter: 5,
      cause,
    });
  }
}

/** The newest versions of all plugins of the group. */
async function pluginsOf(ctx: Context, groupId: number) {
  const { rows } = await readWholeLists(ctx, [groupList({ groupId, type: pluginKind.type })]);
  if (rows.length > MAX_PLUGINS) {
    throw invalid(
      'workflow_plugins',
      `The group has more than ${MAX_PLUGINS} plugins, too many for a workflow: use another group.`,
    );
  }
  return (await listedResources(ctx, pluginKind, rows)).map(bound);
}

async function loadParts(ctx: Context, { experimentId, queueId }: NewWorkflowJob) {
  const [experiment, queue] = await Promise.all([
    getResource(ctx, experimentKind, experimentId) as Promise<Experiment>,
    getResource(ctx, queueKind, queueId) as Promise<Queue>,
  ]);
  const { groupId } = experiment;
  const lookup = { resource_id: experimentId };
  requirePermission(ctx, 'write', { groupId, entity: experimentKind.type, lookup });
  if (experiment.deletedOn !== undefined) throw notFound(experimentKind.type, lookup);
  // A queue of another group must look like one that is missing.
  if (queue.deletedOn !== undefined || queue.groupId !== groupId) {
    throw notFound(queueKind.type, { resource_id: queueId });
  }
  return { experiment, queue };
}

/**
 * Submits a job that runs an entry point of an MLproject archive. What can be known to fail is refused: an
 * archive that cannot be read, an entry point or a parameter that is missing. Throws `not_found`
 * (experiment, queue), `invalid` (`workflow_…`), `too_large`, `unavailable` (`workflow_storage`), and what
 * `storeJob` does.
 */
export async function submitWorkflow(ctx: Context, input: NewWorkflowJob): Promise<Job> {
  const { experiment, queue } = await loadParts(ctx, input);
  const { entryPoint, kwargs } = input;
  const parameters = parseArguments(kwargs ?? '');
  const found = await find(ctx, input);
  const [checked, plugins] = await Promise.all([
    checkWorkflow(found.source, { entryPoint, parameters }),
    pluginsOf(ctx, experiment.groupId),
  ]);
  const { key, filename, size } = found;
  return storeJob(ctx, {
    experiment,
    queue,
    wishes: input,
    more: found.more,
    // Nobody would ever remove the archive of a job that is refused.
    prepare: found.store,
    data: {
      description: input.description,
      experiment: bound(experiment),
      entrypoint: { id: 0, snapshot: 0, name: entryPoint },
      workflow: { key, filename, size, kwargs: kwargs ?? null, ...checked, plugins },
      values: Object.fromEntries(parameters),
      artifactValues: {},
    },
  });
}
