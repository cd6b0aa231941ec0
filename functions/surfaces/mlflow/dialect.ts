import type { Dialect } from '#http/dialect.ts';
import { tagOf, withTag } from '#http/entity-tag.ts';
import type { Route } from '#http/route.ts';
import { invalid } from '#kernel/errors.ts';
import { readArguments } from './arguments.ts';
import { errorResponse, HEADERS } from './errors.ts';
import { inJson, toJson } from './json.ts';
import { under } from './paths.ts';
import { unknownRoutes } from './server.ts';
import { withinWorkspace } from './workspaces.ts';

export { mlflowRoutes, partOf, rowsOf } from './parts.ts';

function respond(value: unknown, request: Request): Response {
  const response = new Response(toJson(value), { headers: HEADERS });
  const tag = tagOf(value);
  return tag === undefined ? response : withTag(response, tag, request);
}

/** Addresses that are none of ours, of any version, are answered in words of MLflow's clients. */
const UNKNOWN = under('', unknownRoutes);

/** MLflow's REST API, or a part of it; its integers have 64 bits (see arguments.ts). */
export const mlflowDialect = (routes: readonly Route[]): Dialect => ({
  routes: [...routes, ...UNKNOWN],
  changes: { keyHeader: 'idempotency-key', json: { write: toJson, read: inJson } },
  readInput: async (route, request) => ({
    query: route.query && (await readArguments(request, route.query)),
    body: route.body && (await readArguments(request, route.body, route.maxBodyBytes)),
  }),
  invalidInput: (place) => invalid('argument', `Bad Request. The ${place} is not valid.`),
  invalidJson: (message) => invalid('argument', message),
  errorResponse,
  narrow: withinWorkspace,
  respond,
});
