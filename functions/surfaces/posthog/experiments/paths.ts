import type { ExperimentPlace } from '#domain/abtests/index.ts';
import type { Context } from '#kernel/context.ts';
import { projectOf } from '../project.ts';

export const EXPERIMENTS = '/api/projects/{project}/experiments';
export const ONE = `${EXPERIMENTS}/{id:int}` as const;

/** The experiment that a path names. */
export const placeOf = (ctx: Context, { id }: { readonly id: number }): ExperimentPlace => ({
  groupId: projectOf(ctx),
  id,
});
