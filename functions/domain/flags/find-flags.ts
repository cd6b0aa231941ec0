import { findRow, listRows, readCollection, requireInProject } from '#domain/projects/index.ts';
import type { Context, Platform } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { FLAGS, type Flag } from './flag.items.ts';

/** A flag as it is now, also where it is deleted. Throws `not_found`. */
export const findFlag = (
  ctx: Context,
  where: { readonly groupId: number; readonly id: number },
): Promise<Flag> => findRow<Flag>(ctx, FLAGS, where);

/** Every flag of a project that is not deleted, by their ids. */
export const listFlags = async (ctx: Context, groupId: number): Promise<readonly Flag[]> =>
  (await listRows<Flag>(ctx, FLAGS, groupId)).filter((flag) => !flag.deleted);

/** The flag of a key, if it is not deleted. Throws `not_found`. */
export async function findFlagByKey(ctx: Context, groupId: number, key: string): Promise<Flag> {
  requireInProject(ctx, 'read', FLAGS, { groupId });
  const flag = (await allFlags(ctx, groupId)).find((each) => each.key === key && !each.deleted);
  if (flag === undefined) throw notFound(FLAGS, { key });
  return flag;
}

/** For whoever has asked for permission. */
export const allFlags = async (
  platform: Pick<Platform, 'table' | 'cache'>,
  groupId: number,
): Promise<readonly Flag[]> => (await readCollection<Flag>(platform, FLAGS, groupId)).rows;
