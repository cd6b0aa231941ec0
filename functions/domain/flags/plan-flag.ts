import { isDeepStrictEqual } from 'node:util';
import {
  type Change,
  collectionKeys,
  newRow,
  requireInProject,
  revised,
} from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { type AppError, conflict, invalid } from '#kernel/errors.ts';
import { itemMissing, put, remove, type TransactOutcome, type Write } from '#kernel/table.ts';
import { requireApproval } from './approvals/gate.ts';
import { requireFlagFields } from './check-fields.ts';
import { allFlags } from './find-flags.ts';
import { FLAGS, type Flag, type FlagFields, NEW_FLAG } from './flag.items.ts';

/** Of a project, without those that are deleted; definitions of all are held and evaluated at once. */
const MAX_FLAGS = 1_000;
/** The same with them. */
const MAX_ROWS = 5_000;

/** What makes or changes a flag, for `commitRows`. */
export interface FlagPlan {
  readonly flag: Flag;
  readonly change: Change;
  /** Goes with the change, before everything else in `more`: `explain` reads the first refusals. */
  readonly more: readonly Write[];
  readonly explain: (refusals: Extract<TransactOutcome, { ok: false }>['refusals']) => void;
}

const taken = (): AppError =>
  invalid('flag', 'There is already a feature flag with this key.', {
    attr: 'key',
    code: 'unique',
  });

const guardOf = ({ groupId, key }: Pick<Flag, 'groupId' | 'key'>) =>
  collectionKeys.guard(FLAGS, groupId, key);

const taking = (flag: Flag): Write => put({ ...guardOf(flag), id: flag.id }, itemMissing);

const plainPlan = { more: [], explain: () => undefined };

const keyPlan = (more: readonly Write[]): Pick<FlagPlan, 'more' | 'explain'> => ({
  more,
  explain(refusals) {
    if (refusals.slice(0, more.length).some((refusal) => refusal !== undefined)) throw taken();
  },
});

const accountOf = ({ actor }: Context): number | undefined =>
  'userId' in actor ? actor.userId : undefined;

async function requireRoom(ctx: Context, groupId: number, key: string): Promise<void> {
  const flags = await allFlags(ctx, groupId);
  const live = flags.filter(({ deleted }) => !deleted);
  // It spares the number that a new flag takes; the guard of the key is what decides.
  if (live.some((flag) => flag.key === key)) throw taken();
  if (live.length >= MAX_FLAGS || flags.length >= MAX_ROWS) {
    throw invalid('flag', `A project has at most ${MAX_FLAGS} feature flags; delete some.`);
  }
}

/** What a new flag is, and what makes it. Throws `invalid`, `not_found`, `forbidden`. */
export async function planNewFlag(
  ctx: Context,
  { groupId, ...fields }: { readonly groupId: number; readonly key: string } & Partial<FlagFields>,
): Promise<FlagPlan> {
  requireInProject(ctx, 'write', FLAGS, { groupId });
  requireFlagFields(fields);
  await requireRoom(ctx, groupId, fields.key);
  const row = await newRow(ctx, FLAGS, groupId);
  const flag: Flag = { ...NEW_FLAG, ...fields, ...row, version: 1, updatedBy: row.createdBy };
  return { flag, change: { name: FLAGS, after: flag }, ...keyPlan([taking(flag)]) };
}

/** The members of `wanted` that a flag does not have yet. */
export function differences(before: Flag, wanted: Partial<FlagFields>): Partial<FlagFields> {
  const own = before as unknown as { readonly [name: string]: unknown };
  const changed = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(own[name], value),
  );
  return Object.fromEntries(changed);
}

function guardWrites(before: Flag, after: Flag): Pick<FlagPlan, 'more' | 'explain'> {
  const [had, has] = [!before.deleted, !after.deleted];
  if (had && has && before.key === after.key) return plainPlan;
  return keyPlan([...(has ? [taking(after)] : []), ...(had ? [remove(guardOf(before))] : [])]);
}

/** Throws `conflict` where somebody edited another version than there is. */
export function requireVersion(before: Flag, version: number | undefined): void {
  if (version === undefined || version === before.version) return;
  throw conflict(
    'flag_version',
    'The feature flag was updated since you started editing it. Please refresh and try again.',
  );
}

/** A change that nobody needs to approve any more. Throws `invalid`, `not_found`, `forbidden`. */
export function planApproved(ctx: Context, before: Flag, wanted: Partial<FlagFields>): FlagPlan {
  requireInProject(ctx, 'write', FLAGS, before);
  const changed = differences(before, wanted);
  requireFlagFields(changed);
  const isSeen = Object.keys(changed).some((name) => name !== 'experimentIds');
  const flag: Flag = revised(ctx, {
    ...before,
    ...changed,
    version: before.version + (isSeen ? 1 : 0),
    updatedBy: accountOf(ctx),
  });
  return { flag, change: { name: FLAGS, before, after: flag }, ...guardWrites(before, flag) };
}

/**
 * What a flag is after a change, and what changes it: the version rises by one where people see a
 * difference. Throws `invalid`, `not_found`, `forbidden`; `conflict` with the reason
 * `approval_required` where others must approve, whose request is stored by then.
 */
export async function planFlagChange(
  ctx: Context,
  before: Flag,
  wanted: Partial<FlagFields>,
): Promise<FlagPlan> {
  const plan = planApproved(ctx, before, wanted);
  const { experimentIds: _links, ...seen } = differences(before, wanted);
  await requireApproval(ctx, before, seen);
  return plan;
}
