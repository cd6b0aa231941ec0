import {
  changedMeanwhile,
  forgetUser,
  type Group,
  getGroup,
  groupNameTaken,
  loadUser,
  newGroupWrites,
  OWNER_FLAGS,
  ownsMore,
} from '#domain/identity/index.ts';
import { builtinTypeWrites } from '#domain/plugins/index.ts';
import { asSystem, type Context, requirePerson } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { notFound } from '#kernel/errors.ts';

/** Makes a group, with its own built-in types, that the caller owns. Throws `conflict` (the name). */
export async function createGroup(ctx: Context, input: { readonly name: string }): Promise<Group> {
  const { userId } = requirePerson(ctx);
  const creator = (await loadUser(ctx, userId))?.user;
  if (creator === undefined) throw notFound('user', { user_id: userId });
  const { group: id } = await takeNumbers(ctx.table, { group: 1 });
  const group = { id, name: input.name };
  const outcome = await ctx.table.transact([
    ...newGroupWrites(group, creator, OWNER_FLAGS, ctx.clock.now()),
    ...(await builtinTypeWrites(ctx, id)),
    ownsMore(userId),
  ]);
  if (!outcome.ok) {
    const [, taken] = outcome.refusals;
    throw taken === undefined ? changedMeanwhile() : groupNameTaken(input.name, taken.item?.id);
  }
  forgetUser(ctx, userId);
  return getGroup(asSystem(ctx), id);
}
