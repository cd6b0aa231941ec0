import * as z from 'zod';
import { type Definitions, projectDefinitions } from '#domain/flags/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { type StoredBody, storedAnswer, storedText } from '#http/stored-body.ts';
import { type Context, withinGroup } from '#kernel/context.ts';
import { MinimalFlag, toMinimalFlag } from '../flags/wire.ts';
import { groupOf } from '../project.ts';
import { projectTokenError } from './flags-request.ts';

const text = z.union([z.string(), z.array(z.string())]).optional();

const DefinitionsQuery = z.object({
  token: text.describe('Of the project; without it, the newest of the caller.'),
  send_cohorts: text.describe('There are none.'),
});

const DefinitionsAnswer = z.object({
  flags: z.array(MinimalFlag),
  group_type_mapping: z.record(z.string(), z.string()),
  cohorts: z.record(z.string(), z.unknown()),
});

const answers = new WeakMap<Definitions, Promise<StoredBody>>();

const toAnswer = ({ flags }: Definitions): z.infer<typeof DefinitionsAnswer> => ({
  flags: flags.map(toMinimalFlag),
  group_type_mapping: {},
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

async function handle(ctx: Context, request: Request): Promise<Response> {
  const groupId = groupOf(ctx, '@current', request);
  const token = new URL(request.url).searchParams.get('token') ?? undefined;
  const definitions = await projectDefinitions(withinGroup(ctx, groupId), { groupId, token });
  if (definitions === undefined) throw projectTokenError(true);
  return storedAnswer(request, await storedDefinitions(definitions));
}

const ROW = {
  method: 'GET',
  access: reads('feature_flag'),
  query: DefinitionsQuery,
  response: DefinitionsAnswer,
} as const;

export const definitionsRoutes: readonly Route[] = [
  route({
    ...ROW,
    path: '/flags/definitions',
    operationId: 'getFlagDefinitions',
    summary: 'All flags of a project, for servers that evaluate them by themselves.',
    handle: async ({ ctx, request }) => handle(ctx, request),
  }),
  route({
    ...ROW,
    path: '/api/feature_flag/local_evaluation',
    operationId: 'getLocalEvaluation',
    summary: 'The same for older clients.',
    handle: async ({ ctx, request }) => handle(ctx, request),
  }),
];
