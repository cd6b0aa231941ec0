import { headWrite, lookedAt, requireInProject } from '#domain/projects/index.ts';
import type { Context, Platform } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { key, prefix } from '#kernel/keys.ts';
import { compare, itemMissing, put } from '#kernel/table.ts';
import { FLAGS } from './flag.items.ts';

const MAX_TYPES = 5;
const MAX_NAME = 400;

/** Kinds of what persons belong to, such as companies: flags name them by their place in this list. */
export type GroupTypes = readonly string[];

const typesKey = (groupId: number) => key(`${prefix.project}#${groupId}`, 'GROUP_TYPES');

async function read({ table }: Pick<Platform, 'table'>, groupId: number) {
  const item = await table.get(typesKey(groupId));
  const { types, revision } = (item ?? {}) as {
    readonly types?: GroupTypes;
    readonly revision?: number;
  };
  return { types: types ?? [], revision };
}

/** For whoever has asked for permission. */
export const groupTypesOf = async (
  platform: Pick<Platform, 'table'>,
  groupId: number,
): Promise<GroupTypes> => (await read(platform, groupId)).types;

/** Throws `not_found`. */
export async function findGroupTypes(ctx: Context, groupId: number): Promise<GroupTypes> {
  requireInProject(ctx, 'read', FLAGS, { groupId });
  return groupTypesOf(ctx, groupId);
}

function requireTypes(before: GroupTypes, types: GroupTypes): void {
  const wrong = (message: string) => invalid('group_types', message, { attr: 'group_type' });
  if (types.length > MAX_TYPES) throw wrong(`A project has at most ${MAX_TYPES} group types.`);
  if (new Set(types).size < types.length) throw wrong('Group types must differ from each other.');
  if (types.some((type) => type === '' || type.length > MAX_NAME || type === '__proto__')) {
    throw wrong(`A group type has between 1 and ${MAX_NAME} characters.`);
  }
  // Flags and events have their places in them.
  if (before.some((type, at) => types[at] !== type)) {
    throw wrong('Group types stay where they are; others may follow them.');
  }
}

/** Adds types of groups to those that there are. Throws `invalid`, `forbidden`, `not_found`. */
export async function setGroupTypes(
  ctx: Context,
  groupId: number,
  types: GroupTypes,
): Promise<GroupTypes> {
  requireInProject(ctx, 'write', FLAGS, { groupId });
  const before = await read(ctx, groupId);
  requireTypes(before.types, types);
  const { revision = 0 } = before;
  const unchanged = revision === 0 ? itemMissing : compare('revision', '=', revision);
  const item = { ...typesKey(groupId), types, revision: revision + 1 };
  const outcome = await ctx.table.transact([put(item, unchanged), headWrite(FLAGS, groupId)]);
  ctx.cache.delete(lookedAt(FLAGS, groupId));
  if (outcome.ok) return types;
  throw conflict('write_conflict', 'The group types are being changed by others; try again.');
}
