import type { Resource } from '../resource.ts';

/** Users that mean to change the resource. */
export const drafters = ({ links }: Pick<Resource<unknown>, 'links'>): readonly number[] =>
  links.drafters ?? [];

/** Whether this user means to change the resource. */
export const hasDraft = (resource: Pick<Resource<unknown>, 'links'>, userId: number): boolean =>
  drafters(resource).includes(userId);
