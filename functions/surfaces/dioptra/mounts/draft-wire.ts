import * as z from 'zod';
import { usernamesOf } from '#domain/identity/index.ts';
import type { Draft } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { queryInteger } from '#kernel/strings.ts';
import { groupRef, isoTime, PageQuery, Ref, UserRef, userShown } from '../shapes.ts';

export const DraftAnswer = z.object({
  id: z.int(),
  group: Ref,
  user: UserRef,
  payload: z.looseObject({}),
  createdOn: z.string(),
  lastModifiedOn: z.string(),
  resourceType: z.string(),
  resource: z.nullable(z.int()),
  resourceSnapshot: z.nullable(z.int()),
  metadata: z.object({ num_other_drafts: z.int().optional() }),
});

const DraftType = z.enum(['all', 'existing', 'new']).optional();

export const DraftQuery = PageQuery.omit({ search: true }).extend({
  draftType: DraftType,
  /** As the links of pages spell it. */
  draft_type: DraftType,
  groupId: queryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
});

/** Drafts as answers; `others` is told of a draft of a change when one asks for the resource's. */
export async function shapeDrafts(ctx: Context, drafts: readonly Draft[], others?: number) {
  const users = await usernamesOf(
    ctx,
    drafts.map(({ userId }) => userId),
  );
  return drafts.map((draft) => ({
    id: draft.id,
    group: groupRef(ctx, draft.groupId),
    user: userShown({ users }, draft.userId),
    payload: draft.payload,
    createdOn: isoTime(draft.createdOn),
    lastModifiedOn: isoTime(draft.modifiedOn),
    resourceType: draft.type,
    resource: draft.resourceId ?? null,
    resourceSnapshot: draft.resourceSnapshot ?? null,
    metadata: others === undefined ? {} : { num_other_drafts: others },
  }));
}

export const shapeDraft = async (ctx: Context, draft: Draft, others?: number) =>
  (await shapeDrafts(ctx, [draft], others))[0];
