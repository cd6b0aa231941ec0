import * as z from 'zod';
import { modelHome } from '#domain/logged-models/index.ts';
import { listArtifacts, signArtifactDownload } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { withoutSlash } from './artifact-places.ts';
import { toFile } from './artifacts.ts';
import { filled } from './fields.ts';
import { moved } from './moved.ts';
import { nextPage, placeAfter } from './paging.ts';
import { unlessEmpty } from './wire.ts';

/** Files of logged models: as the client lists them, and as the web UI gets them. */
const list = route({
  method: 'GET',
  path: '/logged-models/{modelId}/artifacts/directories',
  operationId: 'listLoggedModelArtifacts',
  summary: 'Files and folders of a logged model, a level at a time.',
  access: reads('run', { jobs: true }),
  query: z.object({
    artifact_directory_path: z.string().default(''),
    page_token: z.string().optional(),
  }),
  handle: async ({ ctx, params: { modelId }, query }) => {
    const path = withoutSlash(query.artifact_directory_path);
    const question = ['model-artifacts', modelId, path];
    const place = await placeAfter(ctx, question, query.page_token);
    const home = await modelHome(ctx, { modelId });
    const { entries, next } = await listArtifacts(ctx, { home, path, ...place });
    return {
      root_uri: home.uri,
      ...unlessEmpty(
        'files',
        entries.map((entry) => toFile(entry.path, entry)),
      ),
      ...(await nextPage(ctx, question, next)),
    };
  },
});

const file = route({
  method: 'GET',
  path: '/logged-models/{modelId}/artifacts/files',
  operationId: 'getLoggedModelArtifact',
  summary: 'A file of a logged model, by a redirect to where its bytes are.',
  access: reads('run', { jobs: true }),
  query: z.object({ artifact_file_path: filled() }),
  handle: async ({ ctx, params: { modelId }, query: { artifact_file_path: path } }) => {
    const home = await modelHome(ctx, { modelId });
    return moved(await signArtifactDownload(ctx, { home, path }));
  },
});

export const loggedModelFileRoutes: readonly Route[] = [list, file];
