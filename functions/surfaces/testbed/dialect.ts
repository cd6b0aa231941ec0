import { findOwnGroup } from '#domain/identity/index.ts';
import type { Dialect } from '#http/dialect.ts';
import { masked, requireMask } from '#http/masked.ts';
import type { Route } from '#http/route.ts';
import { type Context, withinGroup } from '#kernel/context.ts';
import { invalidForm, invalidText, testbedError } from './errors.ts';
import { inputReader } from './input.ts';

export { parts } from './parts.ts';

/** Ours: the original knows no groups. A call that names none is in all of its caller's. */
function narrow(ctx: Context, request: Request): Context {
  const group = new URL(request.url).searchParams.get('group') ?? '';
  return group === '' ? ctx : withinGroup(ctx, findOwnGroup(ctx, group, 'group'));
}

const refusals = { invalidInput: invalidForm, invalidJson: invalidText };

/** The REST API of NIST's Dioptra when it was a testbed (2022 and 2023), under `/api`, or a part of it. */
export const testbedDialect = (routes: readonly Route[]): Dialect => ({
  routes,
  changes: { keyHeader: 'idempotency-key' },
  readInput: inputReader(refusals),
  ...refusals,
  narrow,
  errorResponse: testbedError,
  requireAnswerable: requireMask,
  respond: masked,
});
