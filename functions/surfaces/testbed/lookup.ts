import {
  getResource,
  groupList,
  holderOfName,
  type Kind,
  listedResources,
  type Resource,
  readWholeLists,
} from '#domain/resources/index.ts';
import { findHomeGroup } from '#domain/tracking/index.ts';
import { type Context, readableGroups } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';

/** The caller's groups, in which names are looked for: first the one where what is new goes. */
function groupsInTurn(ctx: Context): readonly number[] {
  const home = findHomeGroup(ctx);
  const others = readableGroups(ctx).filter((id) => id !== home);
  return home === undefined ? others : [home, ...others.toSorted((a, b) => a - b)];
}

/** The resource of a name in the caller's groups. Throws `not_found`. */
export async function findByName<D extends { readonly name: string }>(
  ctx: Context,
  kind: Kind<D>,
  name: string,
): Promise<Resource<D>> {
  for (const groupId of groupsInTurn(ctx)) {
    const id = await holderOfName(ctx, kind, { groupId, data: { name } as D });
    if (id !== undefined) return getLive(ctx, kind, id);
  }
  throw notFound(kind.type, { name });
}

/** A resource that is not deleted. Throws `not_found`. */
export async function getLive<D>(ctx: Context, kind: Kind<D>, id: number): Promise<Resource<D>> {
  const resource = await getResource(ctx, kind, id);
  if (resource.deletedOn !== undefined) throw notFound(kind.type, { resource_id: id });
  return resource;
}

/** All resources of a kind in the caller's groups. */
export async function listAll<D>(ctx: Context, kind: Kind<D>): Promise<readonly Resource<D>[]> {
  const lists = readableGroups(ctx).map((groupId) => groupList({ groupId, type: kind.type }));
  const { rows } = await readWholeLists(ctx, lists);
  return listedResources(ctx, kind, rows);
}
