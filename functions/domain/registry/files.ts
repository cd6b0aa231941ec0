import type { Context } from '#kernel/context.ts';
import { withoutEndSlashes } from '#kernel/strings.ts';
import { findVersion, type VersionName } from './find.ts';
import { parseUri } from './uri.ts';

/** Where the files of a version are. */
export type VersionFiles =
  /** Below `path` of the artifacts of a run; `''` is all of them. */
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | { readonly kind: 'logged_model'; readonly loggedModelId: string; readonly path: string }
  /** At some other place, which is for the caller alone to ask. */
  | { readonly kind: 'elsewhere'; readonly uri: string };

const trimmed = (path = ''): string => withoutEndSlashes(path);

/** What one of our own URIs points to. */
function filesAt(uri: string): VersionFiles {
  const { scheme, path } = parseUri(uri);
  if (scheme === 'runs') {
    const [, runId = '', rest] = /^\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    return { kind: 'run', runId, path: trimmed(rest) };
  }
  if (scheme !== 'mlflow-artifacts') return { kind: 'elsewhere', uri };
  const [, , owner = '', id = '', ...rest] = path.split('/');
  if (owner === 'models') {
    return { kind: 'logged_model', loggedModelId: id, path: trimmed(rest.slice(1).join('/')) };
  }
  return { kind: 'run', runId: owner, path: trimmed(rest.join('/')) };
}

/** Where a client finds the files of a version: a URI. Throws `not_found`. */
export async function versionLocation(ctx: Context, at: VersionName): Promise<string> {
  const { version } = await findVersion(ctx, at);
  return version.location;
}

/**
 * Where the files of a version are, for who serves them: whoever may read the model need not be
 * allowed to read the run, so that is to be asked for. Throws `not_found`.
 */
export const versionFiles = async (ctx: Context, at: VersionName): Promise<VersionFiles> =>
  filesAt(await versionLocation(ctx, at));
