import { findOwnGroup, groupNameOf } from '#domain/identity/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { type Context, readableGroups, withinGroup } from '#kernel/context.ts';

/** Groups are MLflow's workspaces. A client that names none is in all of its groups at once. */
export const WORKSPACE_HEADER = 'x-mlflow-workspace';

/** The call within the group that its header names, by name or id. Throws `not_found`. */
export function withinWorkspace(ctx: Context, { headers }: Request): Context {
  const text = headers.get(WORKSPACE_HEADER)?.trim() ?? '';
  return text === '' ? ctx : withinGroup(ctx, findOwnGroup(ctx, text));
}

/** The name of the workspace that the call is in. */
export const workspaceOf = (ctx: Context): string | undefined =>
  ctx.within === undefined ? undefined : groupNameOf(ctx, ctx.within);

const toWorkspace = (ctx: Context, groupId: number) => ({ name: groupNameOf(ctx, groupId) });

const list = route({
  method: 'GET',
  path: '/workspaces',
  operationId: 'listWorkspaces',
  summary: 'The groups of the caller, as workspaces.',
  access: reads('experiment', { jobs: true }),
  handle: async ({ ctx }) => {
    const ids = readableGroups(ctx).toSorted((a, b) => a - b);
    return ids.length === 0 ? {} : { workspaces: ids.map((id) => toWorkspace(ctx, id)) };
  },
});

const get = route({
  method: 'GET',
  path: '/workspaces/{name}',
  operationId: 'getWorkspace',
  summary: 'One group of the caller, by name or id, as a workspace.',
  access: reads('experiment', { jobs: true }),
  handle: async ({ ctx, params }) => ({
    workspace: toWorkspace(ctx, findOwnGroup(ctx, params.name)),
  }),
});

export const workspaceRoutes: readonly Route[] = [list, get];
