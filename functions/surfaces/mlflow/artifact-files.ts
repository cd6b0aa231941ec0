import * as z from 'zod';
import { signArtifactDownload } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { filled, runId } from './fields.ts';
import { moved } from './moved.ts';

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

/** Below the API for tables of evaluations. */
export const artifactFileRoutes: readonly Route[] = [fileOfRun];
/** For all else beside the API. */
export const plainFileRoutes: readonly Route[] = artifactFileRoutes.map((row) => ({
  ...row,
  operationId: `${row.operationId}Plain`,
}));
