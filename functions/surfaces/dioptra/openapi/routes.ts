import * as z from 'zod';
import { PUBLIC, type Route, route } from '#http/route.ts';
import { BASE } from '../shapes.ts';

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

/** The document of all routes; it is made when first asked for, by code that loads only then. */
export function openApiRoute(allRoutes: () => Promise<readonly Route[]>): Route {
  let made: Promise<object> | undefined;
  const make = async (version: string): Promise<object> => {
    const { openApiDocument } = await import('#http/openapi.ts');
    const title = 'Assay: the REST API of NIST Dioptra';
    const routes = await allRoutes();
    return openApiDocument({ title, version, base: BASE, routes, error: ErrorAnswer });
  };
  return route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    summary: 'This API as an OpenAPI 3.1 document.',
    access: PUBLIC,
    response: z.looseObject({ openapi: z.string() }),
    handle: ({ ctx }) => {
      made ??= make(ctx.settings.version);
      return made;
    },
  });
}
