import type { paths as Dioptra, operations as DioptraOperations } from 'api:dioptra';
import type { paths as Mlflow, operations as MlflowOperations } from 'api:mlflow';
import type { paths as Posthog, operations as PosthogOperations } from 'api:posthog';
import createClient from 'openapi-fetch';
import { apiError } from './api-error.ts';

/** `/api/v1`: experiments, jobs, entrypoints, plugins, people. */
export const dioptra = createClient<Dioptra>({ baseUrl: '/api/v1' });
/** Runs, metrics, the registry. */
export const mlflow = createClient<Mlflow>({ baseUrl: '/' });
/** A/B tests and flags. */
export const posthog = createClient<Posthog>({ baseUrl: '/' });

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What a call answered; throws an `ApiError` for a refusal, a `TypeError` where no server was reached. */
export async function answerOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) throw apiError(response, error);
  return data as Data;
}

type Json<Operation> = Operation extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;
type Body<Operation> = Operation extends {
  requestBody: { content: { 'application/json': infer Sent } };
}
  ? Sent
  : never;

/** What an operation of a dialect answers, by its operation id. */
export type DioptraAnswer<Id extends keyof DioptraOperations> = Json<DioptraOperations[Id]>;
export type MlflowAnswer<Id extends keyof MlflowOperations> = Json<MlflowOperations[Id]>;
export type PosthogAnswer<Id extends keyof PosthogOperations> = Json<PosthogOperations[Id]>;
/** What an operation takes as its body. */
export type DioptraBody<Id extends keyof DioptraOperations> = Body<DioptraOperations[Id]>;
export type MlflowBody<Id extends keyof MlflowOperations> = Body<MlflowOperations[Id]>;
export type PosthogBody<Id extends keyof PosthogOperations> = Body<PosthogOperations[Id]>;
