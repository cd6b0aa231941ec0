import { tagOf, withTag } from './entity-tag.ts';
import { applyMask, type Mask, parseMask } from './mask.ts';

/** The mask in the X-Fields header where there is one. */
function maskOf(request: Request): Mask | undefined {
  const header = request.headers.get('x-fields');
  return header === null ? undefined : parseMask(header);
}

/** Throws `invalid` (`mask_parse`) where the header holds no mask. */
export const requireMask = (request: Request): void => void maskOf(request);

/** What a call shows of a value. */
export function shown(value: unknown, request: Request): unknown {
  const mask = maskOf(request);
  return mask === undefined ? value : applyMask(mask, value);
}

/** JSON, thinned out by the mask, with the version that it shows. */
export function masked(value: unknown, request: Request): Response {
  const headers = { 'cache-control': 'no-store' };
  const response = Response.json(shown(value, request), { headers });
  const tag = tagOf(value);
  return tag === undefined ? response : withTag(response, tag, request);
}
