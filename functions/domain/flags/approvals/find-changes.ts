import { findRow, listRows } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { CHANGES, type ChangeRequest } from './change-request.items.ts';

/** What was asked for in a project, the newest first. Throws `not_found`. */
export const listChanges = async (
  ctx: Context,
  groupId: number,
): Promise<readonly ChangeRequest[]> =>
  (await listRows<ChangeRequest>(ctx, CHANGES, groupId)).toReversed();

/** Throws `not_found`. */
export const findChange = (
  ctx: Context,
  about: { readonly groupId: number; readonly id: number },
): Promise<ChangeRequest> => findRow<ChangeRequest>(ctx, CHANGES, about);
