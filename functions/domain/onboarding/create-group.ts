import {
  forgetUser,
  type Group,
  getGroup,
  newGroupWrites,
  OWNER_FLAGS,
} from '#domain/identity/index.ts';
import { builtinTypeWrites } from '#domain/plugins/index.ts';
import { asSystem, type Context, requireUser } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { conflict } from '#kernel/errors.ts';

/** Makes a group, with its own built-in types, that the caller owns. Throws `conflict` (the name). */
export async function createGroup(ctx: Context, input: { readonly name: string }): Promise<Group> {
  const { userId, username } = requireUser(ctx);
  const { group: id } = await takeNumbers(ctx.table, { group: 1 });
  const group = { id, name: input.name };
  const outcome = await ctx.table.transact([
    ...newGroupWrites(group, { id: userId, username }, OWNER_FLAGS, ctx.clock.now()),
    ...(await builtinTypeWrites(ctx, id)),
  ]);
  if (!outcome.ok) {
    throw conflict('entity_exists', 'The name is taken by another group.', {
      entity: 'group',
      existing_id: outcome.refusals[1]?.item?.id,
      entity_attributes: { name: input.name },
    });
  }
  forgetUser(ctx, userId);
  return getGroup(asSystem(ctx), id);
}
