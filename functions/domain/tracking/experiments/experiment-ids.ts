import { type Context, readableGroups } from '#kernel/context.ts';
import { type AppError, forbidden, invalid, notFound } from '#kernel/errors.ts';
import { idParam } from '#kernel/strings.ts';

/**
 * Each group has an experiment that is always there: MLflow's "0". Its id is the group's as a
 * negative number, so nothing has to be looked up; texts of it are `0-<group>`, and `0` for who is
 * at home in the group.
 */
export const defaultExperimentOf = (groupId: number): number => -groupId;

/** The group whose own experiment it is; none of all others. */
export const groupOfDefault = (experimentId: number): number | undefined =>
  experimentId < 0 ? -experimentId : undefined;

const inOrder = (ids: readonly number[]): readonly number[] => ids.toSorted((a, b) => a - b);

/** The group of callers who name none: the first that they may write to, else that they may read. */
export function findHomeGroup(ctx: Context): number | undefined {
  const memberships = 'memberships' in ctx.actor ? ctx.actor.memberships : undefined;
  const own = inOrder(readableGroups(ctx));
  return own.find((id) => memberships?.get(id)?.flags.write === true) ?? own[0];
}

/** The same; throws `forbidden` where there is none. Whether it may be written to is to be asked yet. */
export function homeGroup(ctx: Context): number {
  const groupId = findHomeGroup(ctx);
  if (groupId === undefined) throw forbidden('There is no group that you may write to.');
  return groupId;
}

/** An experiment's id as text, the same for everybody. */
export const experimentText = (id: number): string => {
  const groupId = groupOfDefault(id);
  return groupId === undefined ? String(id) : `0-${groupId}`;
};

/** The same as the caller knows it. */
export const ownExperimentText = (ctx: Context, id: number): string =>
  groupOfDefault(id) !== undefined && groupOfDefault(id) === findHomeGroup(ctx)
    ? '0'
    : experimentText(id);

/** The id that a caller means by a text; undefined for what cannot be one. */
export function experimentIdOf(ctx: Context, text: string): number | undefined {
  if (text === '0') {
    const home = findHomeGroup(ctx);
    return home === undefined ? undefined : defaultExperimentOf(home);
  }
  if (!text.startsWith('0-')) return /^[1-9]/.test(text) ? idParam(text) : undefined;
  const groupId = /^[1-9]/.test(text.slice(2)) ? idParam(text.slice(2)) : undefined;
  return groupId === undefined ? undefined : defaultExperimentOf(groupId);
}

/** How an experiment is named that must not be seen, or is not there. */
export const experimentLookup = (id: number) => ({
  resource_id: id < 0 ? experimentText(id) : id,
});

export const experimentMissing = (id: number): AppError =>
  notFound('experiment', experimentLookup(id));

export const experimentDeleted = (): AppError =>
  invalid(
    'experiment_deleted',
    "The experiment must be in the 'active' state. Current state is deleted.",
  );
