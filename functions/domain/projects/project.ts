import { type Context, type Platform, requirePermission } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import { type Attribute, compare, type Item, itemMissing, put } from '#kernel/table.ts';
import {
  DEFAULTS,
  type Project,
  type ProjectSettings,
  projectKeys,
  readProject,
} from './project.items.ts';

/** How long a process goes by what it knows of a project, in seconds. */
const KEPT_SECONDS = 60;

const keptAt = (groupId: number): string => `project:${groupId}`;

const target = (groupId: number) => ({
  groupId,
  entity: 'project',
  lookup: { project_id: groupId },
});

const newToken = ({ ids }: Pick<Platform, 'ids'>, groupId: number): string =>
  `phc_${groupId}_${ids.secret(24)}`;

/** The group of a project's token, which may be wrong in all else. */
export function groupOfToken(token: string): number | undefined {
  const [, groupId] = /^phc_([1-9][0-9]{0,14})_[A-Za-z0-9_-]{20,100}$/.exec(token) ?? [];
  return groupId === undefined ? undefined : Number(groupId);
}

async function readRow(
  platform: Pick<Platform, 'table'>,
  groupId: number,
): Promise<Project | undefined> {
  const item = await platform.table.get(projectKeys.project(groupId));
  return item === undefined ? undefined : readProject(item);
}

const itemOf = (project: Project): Item => ({
  ...projectKeys.project(project.groupId),
  ...(project as unknown as Record<string, Attribute>),
});

/** A group is a project from the first time that somebody asks for it. */
async function makeProject(ctx: Context, groupId: number): Promise<Project> {
  const own = { groupId, token: newToken(ctx, groupId), createdOn: ctx.clock.now(), revision: 1 };
  const made: Project = { ...own, ...DEFAULTS };
  const outcome = await ctx.table.write(put(itemOf(made), itemMissing));
  return outcome.ok || outcome.item === undefined ? made : readProject(outcome.item);
}

/** The project of a group that the caller is in. Throws `not_found`. */
export async function findProject(ctx: Context, groupId: number): Promise<Project> {
  requirePermission(ctx, 'read', target(groupId));
  return (await readRow(ctx, groupId)) ?? makeProject(ctx, groupId);
}

/**
 * The project whose public token this is, as it was a minute ago at most: whoever shows it needs no
 * other credential. A token that was replaced works for as long.
 */
export async function projectOfToken(
  platform: Pick<Platform, 'table' | 'cache'>,
  token: string,
): Promise<Project | undefined> {
  const groupId = groupOfToken(token);
  if (groupId === undefined) return undefined;
  const kept = platform.cache.get<Project>(keptAt(groupId));
  if (kept?.token === token) return kept;
  const project = await readRow(platform, groupId);
  if (project === undefined) return undefined;
  platform.cache.set(keptAt(groupId), project, KEPT_SECONDS);
  return project.token === token ? project : undefined;
}

async function changed(ctx: Context, groupId: number, change: Partial<Project>): Promise<Project> {
  const before = await findProject(ctx, groupId);
  const after: Project = { ...before, ...change, revision: before.revision + 1 };
  const outcome = await ctx.table.write(
    put(itemOf(after), compare('revision', '=', before.revision)),
  );
  if (!outcome.ok) {
    throw conflict('write_conflict', 'The project is being changed by others; try again.');
  }
  ctx.cache.delete(keptAt(groupId));
  return after;
}

/** Changes what analyses go by; for those who manage the group. */
export async function changeProject(
  ctx: Context,
  groupId: number,
  settings: Partial<ProjectSettings>,
): Promise<Project> {
  requirePermission(ctx, 'manage', target(groupId));
  return changed(ctx, groupId, settings);
}

/** Gives the project another public token, after which the one of before is worth nothing. */
export async function resetProjectToken(ctx: Context, groupId: number): Promise<Project> {
  requirePermission(ctx, 'manage', target(groupId));
  return changed(ctx, groupId, { token: newToken(ctx, groupId) });
}
