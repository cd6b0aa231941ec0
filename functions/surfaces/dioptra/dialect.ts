import type { Dialect } from '#http/dialect.ts';
import { tagOf, withTag } from '#http/entity-tag.ts';
import { applyMask, type Mask, parseMask } from '#http/mask.ts';
import type { Route } from '#http/route.ts';
import { dioptraError, dioptraInvalidInput, dioptraInvalidJson } from './errors.ts';

export { parts } from './parts.ts';

/** The mask in the X-Fields header where there is one. */
function maskOf(request: Request): Mask | undefined {
  const header = request.headers.get('x-fields');
  return header === null ? undefined : parseMask(header);
}

/** JSON, thinned out by the mask, with the version that it shows. */
function respond(value: unknown, request: Request): Response {
  const mask = maskOf(request);
  const shown = mask === undefined ? value : applyMask(mask, value);
  const response = Response.json(shown, { headers: { 'cache-control': 'no-store' } });
  const tag = tagOf(value);
  return tag === undefined ? response : withTag(response, tag, request);
}

/** NIST Dioptra's REST API, version 1.2.2, under `/api/v1`, or a part of it. */
export const dioptraDialect = (routes: readonly Route[]): Dialect => ({
  routes,
  changes: { keyHeader: 'idempotency-key' },
  invalidInput: dioptraInvalidInput,
  invalidJson: dioptraInvalidJson,
  errorResponse: dioptraError,
  requireAnswerable: (request) => void maskOf(request),
  respond,
});
