import * as z from 'zod';
import { flagsFor } from '#domain/flags/index.ts';
import { PUBLIC_TO_PAGES, type Route, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalidInput } from '../errors.ts';
import { projectTokenError } from '../project-token.ts';
import { type AnswerShape, FlagsAnswer, toFlagsAnswer } from './flags-answer.ts';
import { FlagsBody, toFlagsAsked } from './flags-request.ts';
import { readPublicBody } from './read-body.ts';

const text = z.union([z.string(), z.array(z.string())]).optional();

const FlagsQuery = z.object({
  v: text.describe('Of the answer: 2 and above for records of flags.'),
  config: text.describe('"true" for what posthog-js asks of a project as well.'),
  compression: text.describe('gzip, gzip-js or base64, where the body does not tell.'),
});
type FlagsQuery = z.output<typeof FlagsQuery>;

/** In the address for those who can send no body. */
const AddressQuery = z.object({
  ...FlagsQuery.shape,
  token: text,
  distinct_id: text,
  data: text.describe('A body as base64.'),
});

const number = (version: FlagsQuery['v'], fallback: number): number =>
  typeof version === 'string' && /^\d{1,3}$/.test(version) ? Number(version) : fallback;

const flagsShape = ({ v }: FlagsQuery): AnswerShape => (number(v, 1) >= 2 ? 'records' : 'values');

const DECIDE_SHAPES: readonly AnswerShape[] = ['keys', 'keys', 'enabled', 'values'];
const decideShape = ({ v }: FlagsQuery): AnswerShape => DECIDE_SHAPES[number(v, 1)] ?? 'records';

interface Call {
  readonly ctx: Context;
  readonly query: FlagsQuery;
  readonly body: FlagsBody;
  readonly request: Request;
}

async function answer(
  { ctx, query, body, request }: Call,
  shape: AnswerShape,
  withConfig: boolean,
): Promise<unknown> {
  const found = await flagsFor(ctx, toFlagsAsked(body, request));
  if (found === undefined) throw projectTokenError(true);
  return toFlagsAnswer(ctx, found, { shape, withConfig: withConfig || query.config === 'true' });
}

/** What an address says, in the place of a body. */
async function bodyOfAddress(query: z.output<typeof AddressQuery>, request: Request) {
  const { token, distinct_id, data } = query;
  const sent = data === undefined ? { token, distinct_id } : await readPublicBody(request);
  const parsed = FlagsBody.safeParse(sent, { reportInput: true });
  if (!parsed.success) throw invalidInput('query', parsed.error.issues);
  return parsed.data;
}

const POSTED = {
  access: PUBLIC_TO_PAGES,
  query: FlagsQuery,
  body: FlagsBody,
  response: FlagsAnswer,
} as const;

export const publicFlagRoutes: readonly Route[] = [
  route({
    ...POSTED,
    method: 'POST',
    path: '/flags',
    operationId: 'evaluateFlags',
    summary: 'The flags of a project for somebody; the token of the project is all it needs.',
    handle: async (call) => answer(call, flagsShape(call.query), false),
  }),
  route({
    method: 'GET',
    path: '/flags',
    operationId: 'evaluateFlagsOfAddress',
    summary: 'The same for those who cannot send a body.',
    access: PUBLIC_TO_PAGES,
    query: AddressQuery,
    response: FlagsAnswer,
    handle: async ({ ctx, query, request }) => {
      const body = await bodyOfAddress(query, request);
      return answer({ ctx, query, body, request }, flagsShape(query), false);
    },
  }),
  route({
    ...POSTED,
    method: 'POST',
    path: '/decide',
    operationId: 'decide',
    summary: 'The same for older clients.',
    handle: async (call) => answer(call, decideShape(call.query), true),
  }),
  route({
    method: 'GET',
    path: '/decide',
    operationId: 'decideOfAddress',
    summary: 'The same for older clients that cannot send a body.',
    access: PUBLIC_TO_PAGES,
    query: AddressQuery,
    response: FlagsAnswer,
    handle: async ({ ctx, query, request }) => {
      const body = await bodyOfAddress(query, request);
      return answer({ ctx, query, body, request }, decideShape(query), true);
    },
  }),
];
