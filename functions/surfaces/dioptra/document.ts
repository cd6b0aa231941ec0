import * as z from 'zod';
import { openApiRoute } from '#http/openapi-route.ts';
import type { Route } from '#http/route.ts';
import { BASE } from './shapes.ts';

/** A rule of the domain, the framework, or a schema refused the request. */
const ErrorAnswer = z.union([
  z.object({
    error: z.string(),
    message: z.string(),
    detail: z.looseObject({}),
    originating_path: z.string(),
  }),
  z.object({ message: z.string() }),
  z.object({ errors: z.looseObject({}), message: z.string().optional() }),
]);

export const documentRoute = (routes: () => Promise<readonly Route[]>): Route =>
  openApiRoute({
    title: 'Assay: the REST API of NIST Dioptra',
    base: BASE,
    error: ErrorAnswer,
    routes,
  });
