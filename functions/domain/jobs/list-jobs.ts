import { experimentKind } from '#domain/experiments/index.ts';
import {
  getResource,
  listResources,
  type PageRequest,
  type Resource,
  type ResourcePage,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { experimentJobs, type JobData, jobKind } from './job.ts';

/** A page of the jobs of an experiment; of one that the actor cannot see, as Dioptra does, an empty one. */
export async function listExperimentJobs(
  ctx: Context,
  experimentId: number,
  request: PageRequest,
): Promise<ResourcePage<Resource<JobData>>> {
  // What is wrong with the request is told all the same.
  const experiment = await ifThere(getResource(ctx, experimentKind, experimentId));
  const lists = experiment === undefined ? [] : [experimentJobs(experimentId)];
  return listResources(ctx, jobKind, { ...request, lists });
}
