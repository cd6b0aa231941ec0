import type * as z from 'zod';
import {
  deleteResource,
  getResource,
  getSnapshot,
  type Kind,
  listResources,
  listSnapshots,
  type Resource,
  resourceTag,
  type Snapshot,
  snapshotTag,
} from '#domain/resources/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import {
  type Beside,
  besideOf,
  DeletableListQuery,
  IdStatus,
  idStatus,
  ListQuery,
  PageQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  StatusAnswer,
  sortedBy,
} from './shapes.ts';

/** Turns resources of a kind into answers; what it needs of others it fetches for all at once. */
export type Shape<D> = (
  ctx: Context,
  rows: readonly Resource<D>[],
  beside: Beside,
  versions?: readonly Snapshot<D>[],
) => Promise<readonly object[]>;

export interface ResourceMount<D> {
  /** The path's first segment, e.g. `queues`. */
  readonly path: string;
  /** In operation ids, e.g. `Queue`. */
  readonly title: string;
  /** Object of the scopes. */
  readonly scope: string;
  readonly kind: Kind<D>;
  readonly response: z.ZodType;
  readonly shape: Shape<D>;
  /** DELETE says only that it worked, without the id. */
  readonly bareDelete?: boolean;
  /** Children of jobs may read single ones. */
  readonly jobs?: boolean;
  /** Deletes one, where more is to be checked than permission. */
  readonly remove?: (ctx: Context, id: number) => Promise<void>;
}

/** One resource as an answer, with its version. */
export async function shapeOne<D>(
  mount: Pick<ResourceMount<D>, 'kind' | 'shape'>,
  ctx: Context,
  resource: Resource<D>,
): Promise<object> {
  const beside = await besideOf(ctx, [resource]);
  const [answer] = await mount.shape(ctx, [resource], beside);
  return tagged(answer ?? {}, resourceTag(mount.kind, resource));
}

async function shapeVersions<D>(
  mount: ResourceMount<D>,
  ctx: Context,
  versions: readonly Snapshot<D>[],
): Promise<readonly object[]> {
  const beside = await besideOf(
    ctx,
    versions.map(({ resource, createdBy }) => ({ ...resource, snapshotBy: createdBy })),
  );
  const rows = versions.map((version) => ({ ...version.resource, data: version.data }));
  return mount.shape(ctx, rows, beside, versions);
}

/** The routes that every kind of resource has: list, get, delete, snapshots. */
export function resourceRoutes<D>(mount: ResourceMount<D>): readonly Route[] {
  const { path, title, kind } = mount;
  const deletable = kind.keptWhenDeleted;
  const read = reads(mount.scope, { jobs: mount.jobs === true });
  const removeAny = (ctx: Context, id: number) => deleteResource(ctx, kind, id);
  return [
    route({
      method: 'GET',
      path: `/${path}`,
      operationId: `list${title}s`,
      summary: `A page of the ${path} that the caller may see.`,
      access: reads(mount.scope),
      query: (deletable ? DeletableListQuery : ListQuery).extend(sortedBy(kind)),
      response: pageOf(mount.response),
      handle: async ({ ctx, query }) => {
        const request: DeletableListQuery = query;
        const page = await listResources(ctx, kind, pageRequest(request));
        const beside = await besideOf(ctx, page.rows);
        const rows = await mount.shape(ctx, page.rows, beside);
        const shaped = { rows, total: page.total };
        return pageAnswer(path, request, shaped, (row) => row, { deletable });
      },
    }),
    route({
      method: 'GET',
      path: `/${path}/{id:int}`,
      operationId: `get${title}`,
      summary: `One of the ${path}.`,
      access: read,
      response: mount.response,
      handle: async ({ ctx, params }) =>
        shapeOne(mount, ctx, await getResource(ctx, kind, params.id)),
    }),
    route({
      method: 'DELETE',
      path: `/${path}/{id:int}`,
      operationId: `delete${title}`,
      summary: `Deletes one of the ${path}; its snapshots stay readable.`,
      access: writes(mount.scope),
      response: mount.bareDelete === true ? StatusAnswer : IdStatus,
      handle: async ({ ctx, params }) => {
        await (mount.remove ?? removeAny)(ctx, params.id);
        return mount.bareDelete === true ? { status: 'Success' } : idStatus(params.id);
      },
    }),
    ...snapshotRoutes(mount),
  ];
}

export function snapshotRoutes<D>(mount: ResourceMount<D>): readonly Route[] {
  const { path, title, kind } = mount;
  return [
    route({
      method: 'GET',
      path: `/${path}/{id:int}/snapshots`,
      operationId: `list${title}Snapshots`,
      summary: 'A page of the versions, oldest first.',
      access: reads(mount.scope),
      query: PageQuery,
      response: pageOf(mount.response),
      handle: async ({ ctx, params, query }) => {
        const page = await listSnapshots(ctx, kind, params.id, pageRequest(query));
        const rows = await shapeVersions(mount, ctx, page.rows);
        const shaped = { rows, total: page.total };
        return pageAnswer(`${path}/${params.id}/snapshots`, query, shaped, (row) => row);
      },
    }),
    route({
      method: 'GET',
      path: `/${path}/{id:int}/snapshots/{snapshotId:int}`,
      operationId: `get${title}Snapshot`,
      summary: 'One version.',
      access: reads(mount.scope, { jobs: mount.jobs === true }),
      response: mount.response,
      handle: async ({ ctx, params }) => {
        const version = await getSnapshot(ctx, kind, params.id, params.snapshotId);
        const [answer] = await shapeVersions(mount, ctx, [version]);
        return tagged(answer ?? {}, snapshotTag(kind, version.resource, version.id));
      },
    }),
  ];
}
