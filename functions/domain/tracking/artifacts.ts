import { requireBlobKey } from '#kernel/blob-key.ts';
import type { BlobInfo, SignedUrl } from '#kernel/blobs.ts';
import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { requireActive, runMissing, runScope, targetOf } from './scope.ts';

/** How long the URLs of artifacts are good. */
export const SIGNED_SECONDS = 900;
const MAX_DECODES = 5;

/** Where all files of a run are. */
export const runFiles = (runId: string): string => `runs/${runId}/`;

export const artifactPrefix = (runId: string): string => `${runFiles(runId)}artifacts/`;

const refused = () =>
  invalid('artifact_path', 'Invalid path: it must be relative and name no folder above it.');

/** What a path turns into when somebody on the way decodes it once more, and again. */
export function* decodings(path: string): Generator<string> {
  let text = path;
  for (let time = 0; time < MAX_DECODES; time += 1) {
    yield text;
    let decoded: string;
    try {
      decoded = decodeURIComponent(text);
    } catch {
      return;
    }
    if (decoded === text) return;
    text = decoded;
  }
  throw refused();
}

/** Throws `invalid` for a path that could lead elsewhere, however it is decoded; `''` is the root. */
export function requireArtifactPath(path: string): void {
  if (path === '') return;
  for (const text of decodings(path)) {
    const away = text.split('/').some((part) => part === '' || part === '.' || part === '..');
    // A drive or a scheme would make a client leave its folder.
    if (away || text.includes('\\') || /^[A-Za-z]:|^[A-Za-z][A-Za-z0-9+.-]*:\//.test(text)) {
      throw refused();
    }
  }
}

/** The key of a file below what its keys begin with. Throws `invalid`. */
export function keyBelow(prefix: string, path: string): string {
  if (path === '') throw refused();
  requireArtifactPath(path);
  const key = prefix + path;
  requireBlobKey(key);
  return key;
}

/** The key of a file of a run. Throws `invalid`. */
export const artifactKey = (runId: string, path: string): string =>
  keyBelow(artifactPrefix(runId), path);

const bundlePrefix = (runId: string): string => `${runFiles(runId)}bundles/`;

/**
 * The key of a directory of a run as one tar.gz with the directory's name on top; beside the
 * artifacts, so that no listing shows it. It is there when the worker made it. Throws `invalid`.
 */
export function directoryBundleKey(runId: string, path: string): string {
  artifactKey(runId, path);
  const key = `${bundlePrefix(runId)}${path}.tar.gz`;
  requireBlobKey(key);
  return key;
}

export interface ArtifactEntry {
  /** Below the artifacts of the run. */
  readonly path: string;
  readonly isDir: boolean;
  readonly size?: number;
}

export interface ArtifactPage {
  readonly entries: readonly ArtifactEntry[];
  readonly next?: string;
}

const entryOf = (object: BlobInfo, start: string): ArtifactEntry => ({
  path: object.key.slice(start.length),
  isDir: false,
  size: object.size,
});

/** Files and folders directly below `path`, by name; a file itself has nothing below it. */
export async function listArtifacts(
  ctx: Context,
  input: ArtifactFile & { readonly after?: string },
): Promise<ArtifactPage> {
  const { path, after } = input;
  const { prefix: start } = await readable(ctx, input);
  requireArtifactPath(path);
  const folder = path === '' ? start : `${keyBelow(start, path)}/`;
  if (after !== undefined && !after.startsWith(folder))
    throw invalid('page_token', 'Invalid page token.');
  const page = await ctx.blobs.list(folder, {
    delimited: true,
    ...(after === undefined ? {} : { after }),
  });
  const entries = [
    ...page.objects.map((object) => entryOf(object, start)),
    ...page.folders.map((name) => ({
      path: name.slice(start.length).replace(/\/$/, ''),
      isDir: true,
    })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, ...(page.next === undefined ? {} : { next: page.next }) };
}

interface Named {
  readonly runId: string;
  /** Where the caller says that the run is; another place is none. */
  readonly experimentId?: number;
}

/** What files belong to that is no run: what guards it, and where the store has its files. */
export interface ArtifactHome {
  readonly target: Target;
  /** What the keys of its files begin with; it ends with a slash. */
  readonly prefix: string;
  /** The same of its directories in archives. */
  readonly bundles?: string;
  /** Throws, at once or later, where nothing may be written to it. */
  readonly requireActive: () => unknown;
  /** Where its files are, when that is not here. */
  readonly elsewhere?: string;
}

type Owned = Named | { readonly home: ArtifactHome };

/** What guards files, and where they are. Throws `not_found`. */
async function homeOf(ctx: Context, owned: Owned): Promise<ArtifactHome> {
  if ('home' in owned) return owned.home;
  const { runId, experimentId } = owned;
  const scope = await runScope(ctx, runId);
  if (experimentId !== undefined && scope.experimentId !== experimentId) throw runMissing(runId);
  return {
    target: targetOf(scope),
    prefix: artifactPrefix(runId),
    bundles: bundlePrefix(runId),
    requireActive: () => requireActive(scope),
    ...(scope.artifactRoot === undefined ? {} : { elsewhere: scope.artifactRoot }),
  };
}

/** Files that are elsewhere are for clients to get themselves, with credentials of their own. */
function requireHere({ elsewhere }: ArtifactHome): void {
  if (elsewhere === undefined) return;
  throw invalid(
    'artifacts_elsewhere',
    `These files are not at this server but below ${elsewhere}: use that store.`,
  );
}

async function readable(ctx: Context, owned: Owned): Promise<ArtifactHome> {
  const home = await homeOf(ctx, owned);
  requirePermission(ctx, 'read', home.target);
  requireHere(home);
  return home;
}

/** What may be written to. Throws `not_found`, `forbidden` and `invalid`. */
export async function writableHome(ctx: Context, owned: Owned): Promise<ArtifactHome> {
  const home = await homeOf(ctx, owned);
  requirePermission(ctx, 'write', home.target);
  await home.requireActive();
  requireHere(home);
  return home;
}

/** A file of a run, or of what else has files; `path` is below its artifacts. */
export type ArtifactFile = Owned & { readonly path: string };

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file that a URL is wanted for, good for so many seconds. */
type ToSign = ArtifactFile & { readonly seconds?: number };

/** A URL from which the file can be got; whether it is there shows only then. */
export async function signArtifactDownload(ctx: Context, file: ToSign): Promise<string> {
  const { prefix } = await readable(ctx, file);
  return ctx.blobs.signGet(keyBelow(prefix, file.path), {
    expiresIn: file.seconds ?? SIGNED_SECONDS,
    filename: fileName(file.path),
  });
}

/** The same of a file that is there, with its size. Throws `not_found`. */
export async function signStoredArtifact(
  ctx: Context,
  file: ToSign,
): Promise<{ readonly url: string; readonly size: number }> {
  const home = await readable(ctx, file);
  const url = await signArtifactDownload(ctx, { ...file, home });
  const stored = await ctx.blobs.head(keyBelow(home.prefix, file.path));
  if (stored === undefined) throw notFound('artifact', { path: file.path });
  return { url, size: stored.size };
}

/** A URL that takes the file; with `length` exactly so many bytes. */
export async function signArtifactUpload(
  ctx: Context,
  file: ToSign & { readonly length?: number },
): Promise<SignedUrl> {
  const { prefix } = await writableHome(ctx, file);
  return ctx.blobs.signPut(keyBelow(prefix, file.path), {
    expiresIn: file.seconds ?? SIGNED_SECONDS,
    ...(file.length === undefined ? {} : { length: file.length }),
  });
}

/** Stores a small file that came with the call; `read` is asked for it only if that is allowed. */
export async function putArtifact(
  ctx: Context,
  file: ArtifactFile & { readonly read: () => Promise<Uint8Array> },
): Promise<void> {
  const { prefix } = await writableHome(ctx, file);
  const key = keyBelow(prefix, file.path);
  await ctx.blobs.put(key, await file.read());
}

/** Removes everything whose key begins so. */
export async function removeBlobs(ctx: Context, start: string): Promise<void> {
  let objects: readonly BlobInfo[];
  do {
    ({ objects } = await ctx.blobs.list(start));
    await ctx.blobs.remove(objects.map((object) => object.key));
  } while (objects.length > 0);
}

/** Removes a file, or a folder with everything in it; `''` is all that there is. Nothing there is fine. */
export async function removeArtifacts(ctx: Context, place: ArtifactFile): Promise<void> {
  const { path } = place;
  const { prefix, bundles } = await writableHome(ctx, place);
  const key = path === '' ? undefined : keyBelow(prefix, path);
  if (key !== undefined) await ctx.blobs.remove([key]);
  await removeBlobs(ctx, key === undefined ? prefix : `${key}/`);
  // They would still hold what is gone; directories are packed anew when they are asked for.
  if (bundles !== undefined) await removeBlobs(ctx, bundles);
}
