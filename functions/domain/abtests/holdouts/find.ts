import { findRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { wrong } from '../refuse.ts';
import type { Holdout } from './holdout.items.ts';

/** A holdout of the project. Throws `not_found`. */
export const findHoldout = (
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<Holdout> => findRow<Holdout>(ctx, 'holdout', place);

/** The holdout that an experiment names. Throws `invalid` where there is none. */
export async function holdoutNamed(
  ctx: Context,
  groupId: number,
  id: number | null | undefined,
): Promise<Holdout | undefined> {
  if (id === null || id === undefined) return undefined;
  const found = await ifThere(findHoldout(ctx, { groupId, id }));
  if (found !== undefined) return found;
  throw wrong('holdout_id', `Invalid pk "${id}" - object does not exist.`, 'does_not_exist');
}
