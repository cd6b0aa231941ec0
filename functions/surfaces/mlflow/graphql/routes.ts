import * as z from 'zod';
import { LOGIN, type Route, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { checkArguments } from '../arguments.ts';
import { wireError } from '../errors.ts';
import { filled } from '../fields.ts';
import { type Operation, operations } from './operations.ts';
import { toGraphql } from './types.ts';

const PATH = '/graphql';
const MAX_QUERY_BYTES = 64 * 1024;

const Query = z.object({
  operationName: filled(),
  variables: z.record(z.string(), z.unknown()).default({}),
});

/** What another time may change, or who signs in, is for the request as a whole. */
const isAnswer = (error: unknown): error is AppError =>
  error instanceof AppError && !['unauthenticated', 'internal', 'unavailable'].includes(error.code);

async function answerOf(ctx: Context, operation: Operation, variables: object) {
  try {
    return await operation.answer(ctx, checkArguments(variables, operation.variables) as never);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const { body } = wireError(error);
    return { api_error: { code: body.error_code, message: body.message } };
  }
}

/**
 * Answers the queries of MLflow's web UI by their names: they are few and fixed, so their text is
 * not looked at. It is for people, as the UI is: no scope of a token tells what a query reads.
 */
const graphql = route({
  method: 'POST',
  path: PATH,
  operationId: 'graphql',
  summary: "The queries of MLflow's web UI, by operationName.",
  access: LOGIN,
  body: Query,
  maxBodyBytes: MAX_QUERY_BYTES,
  handle: async ({ ctx, body: { operationName, variables } }) => {
    const operation = operations.get(operationName);
    if (operation === undefined) {
      const names = [...operations.keys()].join(', ');
      throw invalid('graphql_operation', `The only GraphQL operations here are ${names}.`);
    }
    const answer = await answerOf(ctx, operation, variables);
    return { data: { [operation.field]: toGraphql(operation.type, answer) } };
  },
});

export const graphqlRoutes: readonly Route[] = [graphql];
