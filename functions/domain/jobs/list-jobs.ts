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

async function isThere(ctx: Context, experimentId: number): Promise<boolean> {
  try {
    await getResource(ctx, experimentKind, experimentId);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return false;
    throw error;
  }
}

/** A page of the jobs of an experiment; of one that the actor cannot see, as Dioptra does, an empty one. */
export async function listExperimentJobs(
  ctx: Context,
  experimentId: number,
  request: PageRequest,
): Promise<ResourcePage<Resource<JobData>>> {
  // What is wrong with the request is told all the same.
  const lists = (await isThere(ctx, experimentId)) ? [experimentJobs(experimentId)] : [];
  return listResources(ctx, jobKind, { ...request, lists });
}
