import * as z from 'zod';
import type { OpenApiOptions } from './openapi.ts';
import { PUBLIC, type Route, route } from './route.ts';

export interface Documented extends Omit<OpenApiOptions, 'version' | 'routes'> {
  readonly routes: () => Promise<readonly Route[]>;
}

/** The document of all routes of a dialect; it is made when first asked for, by code that loads only then. */
export function openApiRoute({ routes, ...options }: Documented): Route {
  let made: Promise<object> | undefined;
  const make = async (version: string): Promise<object> => {
    const { openApiDocument } = await import('./openapi.ts');
    return openApiDocument({ ...options, version, routes: await routes() });
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
