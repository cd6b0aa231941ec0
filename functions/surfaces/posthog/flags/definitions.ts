import * as z from 'zod';
import { type Definitions, projectDefinitions } from '#domain/flags/index.ts';
import { type StoredBody, storedAnswer, storedText } from '#http/stored-body.ts';
import { type Context, withinGroup } from '#kernel/context.ts';
import { groupOf } from '../project.ts';
import { projectTokenError } from '../project-token.ts';
import { MinimalFlag, toMinimalFlag } from './wire.ts';

const text = z.union([z.string(), z.array(z.string())]).optional();

export const DefinitionsQuery = z.object({
  token: text.describe('Of the project; without it, the newest of the caller.'),
  send_cohorts: text.describe('There are none.'),
});

export const DefinitionsAnswer = z.object({
  flags: z.array(MinimalFlag),
  group_type_mapping: z.record(z.string(), z.string()),
  cohorts: z.record(z.string(), z.unknown()),
});

const answers = new WeakMap<Definitions, Promise<StoredBody>>();

const toAnswer = ({ flags, groupTypeMapping }: Definitions): z.infer<typeof DefinitionsAnswer> => ({
  flags: flags.map(toMinimalFlag),
  group_type_mapping: { ...groupTypeMapping },
  cohorts: {},
});

/** Servers ask for it twice a minute, and it changes with its flags alone. */
function storedDefinitions(definitions: Definitions): Promise<StoredBody> {
  const made =
    answers.get(definitions) ??
    storedText(JSON.stringify(toAnswer(definitions)), 'application/json');
  answers.set(definitions, made);
  return made;
}

/** The answer with all flags of a project: by default of the one that the token in the address names. */
export async function definitionsAnswer(
  ctx: Context,
  request: Request,
  groupId: number = groupOf(ctx, '@current', request),
): Promise<Response> {
  const token = new URL(request.url).searchParams.get('token') ?? undefined;
  const definitions = await projectDefinitions(withinGroup(ctx, groupId), { groupId, token });
  if (definitions === undefined) throw projectTokenError(true);
  return storedAnswer(request, await storedDefinitions(definitions));
}
