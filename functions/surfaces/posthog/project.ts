import { groupOfToken } from '#domain/projects/index.ts';
import type { Credential } from '#http/credentials.ts';
import { type Context, readableGroups, withinGroup } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';

const CURRENT = '@current';

/** Nobody can tell a project that is not there from one of others. */
const noAccess = (project: string) => notFound('project', { project_id: project });

/**
 * Of its caller: what a project token in the address names, else the newest group, since everybody is
 * in the group `public`.
 */
function currentOf(ctx: Context, request: Request): number {
  const token = new URL(request.url).searchParams.get('token');
  const named = token === null ? undefined : groupOfToken(token);
  const own = readableGroups(ctx);
  const found = named ?? Math.max(...own);
  if (!own.includes(found)) throw noAccess(CURRENT);
  return found;
}

/** The group that a path names as a project. Throws `not_found`, also where the caller may not read it. */
export function groupOf(ctx: Context, project: string, request: Request): number {
  if (project === CURRENT) return currentOf(ctx, request);
  const groupId = /^[1-9]\d{0,14}$/.test(project) ? Number(project) : Number.NaN;
  if (!readableGroups(ctx).includes(groupId)) throw noAccess(project.slice(0, 100));
  return groupId;
}

/** Confines a call to the project of its path. */
export function narrow(
  ctx: Context,
  request: Request,
  { project }: Readonly<Record<string, unknown>>,
): Context {
  return typeof project === 'string' ? withinGroup(ctx, groupOf(ctx, project, request)) : ctx;
}

/** The project that the call is confined to. */
export function projectOf(ctx: Context): number {
  if (ctx.within === undefined) throw noAccess(CURRENT);
  return ctx.within;
}

/** Scripts of old show their key in the address. */
export function keyOfQuery(request: Request): Credential | undefined {
  const token = new URL(request.url).searchParams.get('personal_api_key') ?? '';
  return token === '' ? undefined : { kind: 'bearer', token: token.slice(0, 4_096) };
}
