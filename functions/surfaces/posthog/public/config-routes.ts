import * as z from 'zod';
import { flagsFor } from '#domain/flags/index.ts';
import { PUBLIC_TO_PAGES, type Route, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { projectTokenError } from '../project-token.ts';
import { remoteConfig } from './config.ts';

const CACHED = { 'cache-control': 'public, max-age=60' };

async function configOf(ctx: Context, token: string) {
  const found = await flagsFor(ctx, { token, subject: undefined });
  if (found === undefined) throw projectTokenError(true);
  return { token, ...remoteConfig(found.hasFlags) };
}

const script = (token: string, config: object): string => {
  const name = JSON.stringify(token);
  const held = 'window._POSTHOG_REMOTE_CONFIG';
  return `${held} = ${held} || {}; ${held}[${name}] = { config: ${JSON.stringify(config)}, siteApps: [] };`;
};

/** Pages of the same version ask once a day. */
const CACHED_SCRIPT = {
  'cache-control': 'public, max-age=86400',
  'content-type': 'text/javascript',
};
const NO_EXTENSION = '/* Assay serves no extensions of posthog-js: no surveys, no recordings. */\n';

export const configRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/static/{file*}',
    operationId: 'getExtensionScript',
    summary: 'Nothing, in the place of each script that posthog-js would extend itself with.',
    access: PUBLIC_TO_PAGES,
    handle: async ({ params: { file } }) => {
      // The SDK itself is of the package: a page that gets nothing in its place would wait for ever.
      if (/^array\b/.test(file)) throw notFound('script', { file: file.slice(0, 100) });
      return new Response(NO_EXTENSION, { headers: CACHED_SCRIPT });
    },
  }),
  route({
    method: 'GET',
    path: '/array/{token}/config',
    operationId: 'getProjectConfig',
    summary: 'What posthog-js asks of a project before it begins.',
    access: PUBLIC_TO_PAGES,
    response: z.looseObject({ token: z.string(), hasFeatureFlags: z.boolean() }),
    handle: async ({ ctx, params }) =>
      Response.json(await configOf(ctx, params.token), { headers: CACHED }),
  }),
  route({
    method: 'GET',
    path: '/array/{token}/config.js',
    operationId: 'getProjectConfigScript',
    summary: 'The same as a script.',
    access: PUBLIC_TO_PAGES,
    handle: async ({ ctx, params }) => {
      const body = script(params.token, await configOf(ctx, params.token));
      return new Response(body, { headers: { ...CACHED, 'content-type': 'text/javascript' } });
    },
  }),
];
