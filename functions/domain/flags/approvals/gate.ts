import { isDeepStrictEqual } from 'node:util';
import { usernamesOf } from '#domain/identity/index.ts';
import {
  commitRows,
  findRow,
  newRow,
  readCollection,
  requireInProject,
} from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type AppError, conflict, invalid } from '#kernel/errors.ts';
import { ttlOf } from '#kernel/keys.ts';
import { any, compare, type Item, itemMissing, put } from '#kernel/table.ts';
import type { Flag, FlagFields } from '../flag.items.ts';
import { rolloutsOf } from '../flag-status.ts';
import {
  CHANGES,
  type ChangeRequest,
  guardKey,
  guardText,
  stateOf,
} from './change-request.items.ts';
import type { Policy } from './policy.items.ts';
import { policyOf } from './policy.ts';
import { bypasses, type Standing, standingOf } from './standing.ts';

/** Of a project, at once. */
const MAX_PENDING = 500;
/** Requests go so long after they could have been approved. */
const KEPT_MS = 400 * 86_400_000;

/** What an error with the reason `approval_required` tells in its `detail`. */
export interface ApprovalRequired {
  readonly changeRequest: ChangeRequest;
  readonly standing: Standing;
  /** Of the accounts in it. */
  readonly names: ReadonlyMap<number, string>;
}

function isWatched({ watched }: Policy, before: Flag, wanted: Partial<FlagFields>): boolean {
  if (watched === undefined) return true;
  if (watched !== 'rollout_percentage') return Object.hasOwn(wanted, watched);
  const after = wanted.filters ?? before.filters;
  return !isDeepStrictEqual(rolloutsOf(before.filters), rolloutsOf(after));
}

async function sameRequest(
  ctx: Context,
  guard: string,
  groupId: number,
): Promise<ChangeRequest | undefined> {
  const item = await ctx.table.get(guardKey(groupId, guard));
  if (typeof item?.id !== 'number') return undefined;
  const found = await findRow<ChangeRequest>(ctx, CHANGES, { groupId, id: item.id });
  return stateOf(found, ctx.clock.now()) === 'pending' ? found : undefined;
}

async function requireRoom(ctx: Context, groupId: number): Promise<void> {
  const { rows } = await readCollection<ChangeRequest>(ctx, CHANGES, groupId);
  const pending = rows.filter((row) => stateOf(row, ctx.clock.now()) === 'pending');
  if (pending.length < MAX_PENDING) return;
  throw invalid('change_request', `${MAX_PENDING} changes wait for approval; decide on some.`);
}

const membersOf = (before: Flag, wanted: Partial<FlagFields>): Partial<FlagFields> => {
  const own = before as unknown as { readonly [name: string]: unknown };
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, own[name]]));
};

async function newRequest(
  ctx: Context,
  before: Flag,
  wanted: Partial<FlagFields>,
  policy: Policy,
): Promise<ChangeRequest> {
  const { groupId } = before;
  const userId = 'userId' in ctx.actor ? ctx.actor.userId : undefined;
  const guard = guardText(before, wanted, userId);
  const known = await sameRequest(ctx, guard, groupId);
  if (known !== undefined) return known;
  await requireRoom(ctx, groupId);
  const row = await newRow(ctx, CHANGES, groupId);
  const expiresOn = row.createdOn + policy.expiresAfter * 1000;
  const request: ChangeRequest = {
    ...row,
    flagId: before.id,
    flagKey: before.key,
    flagVersion: before.version,
    wanted,
    before: membersOf(before, wanted),
    policy,
    stored: 'pending',
    votes: [],
    expiresOn,
    guard,
    ttl: ttlOf(expiresOn + KEPT_MS),
  };
  const mark: Item = { ...guardKey(groupId, guard), id: row.id, expiresOn, ttl: ttlOf(expiresOn) };
  const isFree = any(itemMissing, compare('expiresOn', '<=', ctx.clock.now()));
  await commitRows(ctx, [{ name: CHANGES, after: request }], [put(mark, isFree)]);
  return request;
}

async function approvalRequired(ctx: Context, changeRequest: ChangeRequest): Promise<AppError> {
  const { createdBy, votes } = changeRequest;
  const people = [createdBy ?? [], ...votes.map((vote) => vote.createdBy)].flat();
  const detail: ApprovalRequired = {
    changeRequest,
    standing: standingOf(ctx, changeRequest),
    names: await usernamesOf(ctx, people),
  };
  return conflict('approval_required', 'This change needs the approval of others.', { ...detail });
}

/**
 * Lets a change of a flag pass, or asks for approval: then the request is stored, once for the same change,
 * and this throws `conflict` with the reason `approval_required` and {@link ApprovalRequired}.
 */
export async function requireApproval(
  ctx: Context,
  before: Flag,
  wanted: Partial<FlagFields>,
): Promise<void> {
  requireInProject(ctx, 'write', CHANGES, { groupId: before.groupId });
  if (Object.keys(wanted).length === 0) return;
  const policy = await policyOf(ctx, before.groupId);
  if (policy?.enabled !== true || bypasses(ctx, policy)) return;
  if (!isWatched(policy, before, wanted)) return;
  const request = await whileContended(ctx, () => newRequest(ctx, before, wanted, policy));
  throw await approvalRequired(ctx, request);
}
