import * as z from 'zod';
import { lintEntrypoint, lintEntrypointChange } from '#domain/entrypoints/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { EntrypointContent, NewEntrypoint } from './wire.ts';

const LintReport = z.object({
  valid: z.boolean(),
  issues: z.array(z.object({ path: z.enum(['graph', 'entrypoint']), message: z.string() })),
});

/** Looks over entrypoints without saving them. */
export const lintRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/entrypoints:lint',
    operationId: 'lintEntrypoint',
    summary: 'Looks over a new entrypoint; types and choices of swaps are left to a save.',
    access: writes('entrypoint'),
    body: NewEntrypoint,
    response: LintReport,
    handle: ({ ctx, body: { group, ...entrypoint } }) =>
      lintEntrypoint(ctx, { ...entrypoint, groupId: group }),
  }),
  route({
    method: 'POST',
    path: '/entrypoints/{id:int}:lint',
    operationId: 'lintEntrypointChange',
    summary: 'Looks over a change of an entrypoint with the plugins that it binds.',
    access: writes('entrypoint'),
    body: EntrypointContent,
    response: LintReport,
    handle: ({ ctx, params, body }) => lintEntrypointChange(ctx, params.id, body),
  }),
];
