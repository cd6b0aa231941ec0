import { type Route, route, writes } from '#http/route.ts';
import { type ResourceMount, shapeOne } from '../resource-routes.ts';
import { GroupId } from '../shapes.ts';
import { draftRoutes } from './draft-routes.ts';
import type { Edits } from './edits.ts';
import { placeOf } from './place.ts';

/** The routes by which people make resources of a kind, change them, and draft both. */
export function editRoutes<D>(mount: ResourceMount<D>, edits: Edits<D>): readonly Route[] {
  const { path, title } = mount;
  return [
    route({
      method: 'POST',
      path: `/${path}`,
      operationId: `create${title}`,
      summary: `Makes one of the ${path} in a group.`,
      access: writes(mount.scope),
      body: edits.fields.extend({ group: GroupId }),
      response: mount.response,
      handle: async ({ ctx, body: { group, ...fields } }) =>
        shapeOne(
          mount,
          ctx,
          await edits.create(ctx, { groupId: group as number }, fields as never),
        ),
    }),
    route({
      method: 'PUT',
      path: `/${path}/{id:int}`,
      operationId: `change${title}`,
      summary: `Replaces the fields of one of the ${path}; makes a snapshot.`,
      access: writes(mount.scope),
      body: edits.changes,
      response: mount.response,
      handle: async ({ ctx, params: { id }, body }) =>
        shapeOne(mount, ctx, await edits.change(ctx, { id }, body as never)),
    }),
    ...draftRoutes(placeOf(mount), edits),
  ];
}
