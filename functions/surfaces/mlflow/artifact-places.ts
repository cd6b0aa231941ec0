import { modelHome } from '#domain/logged-models/index.ts';
import { traceHome } from '#domain/traces/index.ts';
import { type ArtifactFile, type ArtifactHome, experimentIdOf } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';

/** Finds whose files they are, in an experiment. Throws `not_found`. */
type FindHome = (
  ctx: Context,
  owner: { readonly experimentId: number; readonly id: string },
) => Promise<ArtifactHome>;

/** What has files beside runs, by the folder of its experiment: `<experiment>/<folder>/<id>/artifacts`. */
const folders: { readonly [folder: string]: FindHome } = {
  traces: (ctx, { id: traceId, experimentId }) => traceHome(ctx, { traceId, experimentId }),
  models: (ctx, { experimentId, id }) => modelHome(ctx, { modelId: id, experimentId }),
};

export const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const CLIMBS = /(^|\/|\\|%2f|%5c)(\.|%2e){1,2}($|\/|\\|%2f|%5c)/i;

/**
 * What a path of the proxy names: `<experiment>/<run>/artifacts` or, of what is no run,
 * `<experiment>/<folder>/<id>/artifacts`, and below it the file. Throws `not_found`, `invalid`.
 */
export async function placeOf(ctx: Context, path: string): Promise<ArtifactFile> {
  const [experiment = '', owner = '', ...rest] = withoutSlash(path).split('/');
  const experimentId = experimentIdOf(ctx, experiment);
  const findHome = Object.hasOwn(folders, owner) ? folders[owner] : undefined;
  const id = findHome === undefined ? owner : (rest.shift() ?? '');
  if (experimentId === undefined || id === '' || rest.shift() !== 'artifacts') {
    // A path that climbs is a mistake of the request, wherever it would lead.
    if (CLIMBS.test(path) || path.startsWith('/')) throw invalid('artifact_path', 'Invalid path');
    throw notFound('artifact', { path });
  }
  const file = { path: rest.join('/') };
  if (findHome === undefined) return { experimentId, runId: id, ...file };
  return { home: await findHome(ctx, { experimentId, id }), ...file };
}
