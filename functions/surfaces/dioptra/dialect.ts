import type { Dialect } from '#http/dialect.ts';
import { masked, requireMask } from '#http/masked.ts';
import type { Route } from '#http/route.ts';
import { dioptraError, dioptraInvalidInput, dioptraInvalidJson } from './errors.ts';

export { parts } from './parts.ts';

/** NIST Dioptra's REST API, version 1.2.2, under `/api/v1`, or a part of it. */
export const dioptraDialect = (routes: readonly Route[]): Dialect => ({
  routes,
  changes: { keyHeader: 'idempotency-key' },
  invalidInput: dioptraInvalidInput,
  maxDepth: Number.POSITIVE_INFINITY,
  invalidJson: dioptraInvalidJson,
  errorResponse: dioptraError,
  requireAnswerable: requireMask,
  respond: masked,
});
