import * as z from 'zod';
import { modelHome } from '#domain/logged-models/index.ts';
import { signArtifactDownload } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { filled, runId } from './fields.ts';
import { moved } from './moved.ts';
import { registry } from './registry/verbs.ts';

/** The addresses at which MLflow's web UI gets files. */
const fileOfRun = route({
  method: 'GET',
  path: '/get-artifact',
  operationId: 'getArtifact',
  summary: 'A file of a run, by a redirect to where its bytes are.',
  access: reads('run', { jobs: true }),
  query: z.object({ run_id: runId(), path: filled() }),
  handle: async ({ ctx, query: { run_id: id, path } }) =>
    moved(await signArtifactDownload(ctx, { runId: id, path })),
});

/** The file below what a version of a model was made of. Throws `invalid` where that is not here. */
async function fileOf(ctx: Context, at: { name: string; version: string; path: string }) {
  const { name, version, path } = at;
  const files = await (await registry()).versionFiles(ctx, { name, version });
  if (files.kind === 'elsewhere') {
    throw invalid(
      'not_here',
      `The files of version ${version} are not kept here: get them from its source.`,
    );
  }
  const below = files.path === '' ? path : `${files.path}/${path}`;
  if (files.kind === 'run') return { runId: files.runId, path: below };
  return { home: await modelHome(ctx, { modelId: files.loggedModelId }), path: below };
}

const fileOfVersion = route({
  method: 'GET',
  path: '/model-versions/get-artifact',
  operationId: 'getModelVersionArtifact',
  summary: 'A file of a version of a model, by a redirect to where its bytes are.',
  access: reads('run', { jobs: true }),
  query: z.object({ name: filled(), version: filled(), path: filled() }),
  handle: async ({ ctx, query }) =>
    moved(await signArtifactDownload(ctx, await fileOf(ctx, query))),
});

/** Below the API for tables of evaluations. */
export const artifactFileRoutes: readonly Route[] = [fileOfRun];
/** For all else beside the API. */
export const plainFileRoutes: readonly Route[] = [
  { ...fileOfRun, operationId: `${fileOfRun.operationId}Plain` },
  fileOfVersion,
];
