import type { Dialect } from '#http/dialect.ts';
import type { Route } from '#http/route.ts';
import { admit, respond } from '../dialect.ts';
import { invalidInput, invalidJson, posthogError } from '../errors.ts';
import { keyOfQuery } from '../project.ts';
import { readPublicInput } from './read-body.ts';

export { forAllSites } from '#http/cors.ts';
export { publicParts } from './parts.ts';

/** What PostHog's clients call at the root of a host; bodies come in any of their ways. */
export const posthogPublicDialect = (routes: readonly Route[]): Dialect => ({
  routes,
  credential: keyOfQuery,
  readInput: readPublicInput,
  invalidInput,
  invalidJson,
  admit,
  errorResponse: posthogError,
  respond,
});
