import { experimentKind } from '#domain/experiments/index.ts';
import {
  getResource,
  listResources,
  type PageRequest,
  type Resource,
  type ResourcePage,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { experimentJobs, type JobData, jobKind } from './job.ts';

/** A page of the jobs of an experiment; of one that the actor cannot see, as Dioptra does, an empty one. */
export async function listExperimentJobs(
  ctx: Context,
  experimentId: number,
  request: PageRequest,
): Promise<ResourcePage<Resource<JobData>>> {
  try {
    await getResource(ctx, experimentKind, experimentId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { rows: [], total: 0 };
    throw error;
  }
  return listResources(ctx, jobKind, { ...request, lists: [experimentJobs(experimentId)] });
}
