import * as z from 'zod';
import { openApiRoute } from '#http/openapi-route.ts';
import type { Part } from '#http/parts.ts';
import { PUBLIC, type Route, route } from '#http/route.ts';
import {
  HEADERS,
  isDocument,
  mlflowDocumented,
  partOf as mlflowPartOf,
  mlflowRoutes,
  rowsOf as mlflowRowsOf,
  mlflowTags,
} from '#surfaces/mlflow/index.ts';
import { documentHeaders, STATUSES, variables } from './document.ts';
import { DOCUMENT_PATH, PREFIX } from './prefix.ts';

/** MLflow's server has it at its root. */
const health = route({
  method: 'GET',
  path: '/health',
  operationId: 'getHealth',
  summary: 'Whether the server answers.',
  access: PUBLIC,
  handle: async () => new Response('OK', { headers: { ...HEADERS, 'content-type': 'text/plain' } }),
});

/** It is the same for every workspace, and so has an address that names none, too. */
const document = openApiRoute({
  title: 'Assay: the MLOps API of Oracle AI Data Platform',
  base: PREFIX,
  variables,
  error: z.looseObject({ code: z.string(), message: z.string(), error_code: z.string() }),
  nullIsMissing: true,
  movedBy: 307,
  headers: documentHeaders,
  statuses: STATUSES,
  tags: mlflowTags,
  routes: async () => [...(await mlflowDocumented()), health],
});

const plainDocument: Route = { ...document, path: DOCUMENT_PATH, operationId: 'getDocument' };
const plainPart: Part = {
  name: 'document of every workspace',
  paths: new RegExp(`^${DOCUMENT_PATH.replace('.', String.raw`\.`)}/?$`),
  routes: async () => [plainDocument],
};

/** The document of this dialect stands where MLflow's does. */
const ownDocument = (row: Route): Route =>
  isDocument(row) ? { ...document, path: row.path, operationId: row.operationId } : row;

const PLACE = /^\/20260430\/aiDataPlatforms\/[^/]+\/workspaces\/[^/]+\/mlops(?=\/)/;

/** The part that has the rows of a path, if one has. */
export const partOf = (path: string): Part | undefined =>
  plainPart.paths.test(path) ? plainPart : mlflowPartOf(path.replace(PLACE, ''));

/** The rows of a part, or those that are in none, by their paths below the workspace. */
export const rowsOf = async (part: Part | undefined): Promise<readonly Route[]> => [
  ...(await mlflowRowsOf(part)).map(ownDocument),
  ...(part === undefined ? [health] : []),
];

/** Every row there is. */
export const oracleRoutes = async (): Promise<readonly Route[]> => [
  ...(await mlflowRoutes()).map(ownDocument),
  health,
  plainDocument,
];
