import * as z from 'zod';
import { usernamesOf } from '#domain/identity/index.ts';
import type { Context } from '#kernel/context.ts';

/** An account as PostHog's answers show it. */
export const PersonAnswer = z.object({
  id: z.int(),
  uuid: z.string(),
  distinct_id: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
  is_email_verified: z.boolean().nullable(),
  hedgehog_config: z.null(),
  role_at_organization: z.string().nullable(),
});
export type PersonAnswer = z.infer<typeof PersonAnswer>;

/** A number as a UUID, for clients that want one where there are numbers. */
export const numberUuid = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

const toPerson = (id: number, username: string): PersonAnswer => ({
  id,
  uuid: numberUuid(id),
  distinct_id: String(id),
  first_name: username,
  last_name: '',
  email: '',
  is_email_verified: null,
  hedgehog_config: null,
  role_at_organization: null,
});

/** Shows the makers of rows; null where no account made one. */
export type ShowPerson = (userId: number | undefined) => PersonAnswer | null;

/** Of accounts whose names are known. */
export const showPeople =
  (names: ReadonlyMap<number, string>): ShowPerson =>
  (userId) =>
    userId === undefined ? null : toPerson(userId, names.get(userId) ?? `user-${userId}`);

/** The accounts that made some rows. */
export async function peopleOf(
  ctx: Context,
  rows: readonly { readonly createdBy: number | undefined }[],
): Promise<ShowPerson> {
  const ids = rows.flatMap(({ createdBy }) => createdBy ?? []);
  return showPeople(await usernamesOf(ctx, ids));
}

/** A time of the domain as answers have it. */
export const isoTime = (on: number): string => new Date(on).toISOString();
