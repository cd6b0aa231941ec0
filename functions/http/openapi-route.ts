import * as z from 'zod';
import type { OpenApiOptions } from './openapi.ts';
import { PUBLIC, type Route, route } from './route.ts';
import type { StoredBody } from './stored-body.ts';

export interface Documented extends Omit<OpenApiOptions, 'version' | 'routes' | 'tags'> {
  /** What only the document needs comes with it. */
  readonly routes: () => Promise<readonly Route[]>;
  readonly tags?: () => Promise<NonNullable<OpenApiOptions['tags']>>;
}

/** The document of all routes of a dialect; it is made when first asked for, by code that loads only then. */
export function openApiRoute({ routes, tags, ...options }: Documented): Route {
  let made: Promise<StoredBody> | undefined;
  const make = async (version: string): Promise<StoredBody> => {
    const { openApiDocument } = await import('./openapi.ts');
    const { storedText } = await import('./stored-body.ts');
    const own = tags === undefined ? {} : { tags: await tags() };
    const document = openApiDocument({ ...options, ...own, version, routes: await routes() });
    return storedText(JSON.stringify(document), 'application/json');
  };
  return route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    summary: 'This API as an OpenAPI 3.1 document.',
    access: PUBLIC,
    response: z.looseObject({ openapi: z.string() }),
    handle: async ({ ctx, request }) => {
      made ??= make(ctx.settings.version);
      const { storedAnswer } = await import('./stored-body.ts');
      return storedAnswer(request, await made);
    },
  });
}
