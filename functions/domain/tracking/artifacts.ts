import { requireBlobKey } from '#kernel/blob-key.ts';
import type { BlobInfo, SignedUrl } from '#kernel/blobs.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { requireActive, runMissing, runScope, targetOf } from './scope.ts';

/** How long the URLs of artifacts are good. */
export const SIGNED_SECONDS = 900;
const MAX_DECODES = 5;

export const artifactPrefix = (runId: string): string => `runs/${runId}/artifacts/`;

/** Where clients that speak to us find the files of a run. */
export const artifactUri = (run: { readonly experimentId: number; readonly id: string }): string =>
  `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts`;

const refused = () =>
  invalid('artifact_path', 'Invalid path: it must be relative and name no folder above it.');

/** What a path turns into when somebody on the way decodes it once more, and again. */
function* decodings(path: string): Generator<string> {
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

/** The key of a file of a run. Throws `invalid`. */
export function artifactKey(runId: string, path: string): string {
  if (path === '') throw refused();
  requireArtifactPath(path);
  const key = artifactPrefix(runId) + path;
  requireBlobKey(key);
  return key;
}

const bundlePrefix = (runId: string): string => `runs/${runId}/bundles/`;

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
  input: {
    readonly runId: string;
    readonly experimentId?: number;
    readonly path: string;
    readonly after?: string;
  },
): Promise<ArtifactPage> {
  const { runId, path, after } = input;
  const start = artifactPrefix(runId);
  await readable(ctx, input);
  requireArtifactPath(path);
  const folder = path === '' ? start : `${artifactKey(runId, path)}/`;
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

/** What guards the run of an artifact. Throws `not_found`. */
export async function artifactScope(ctx: Context, { runId, experimentId }: Named) {
  const scope = await runScope(ctx, runId);
  if (experimentId !== undefined && scope.experimentId !== experimentId) throw runMissing(runId);
  return scope;
}

async function readable(ctx: Context, named: Named): Promise<void> {
  requirePermission(ctx, 'read', targetOf(await artifactScope(ctx, named)));
}

async function requireWritable(ctx: Context, named: Named): Promise<void> {
  const scope = await artifactScope(ctx, named);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
}

/** A file of a run; `path` is below its artifacts. */
export type ArtifactFile = Named & { readonly path: string };

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file that a URL is wanted for, good for so many seconds. */
type ToSign = ArtifactFile & { readonly seconds?: number };

/** A URL from which the file can be got; whether it is there shows only then. */
export async function signArtifactDownload(ctx: Context, file: ToSign): Promise<string> {
  await readable(ctx, file);
  return ctx.blobs.signGet(artifactKey(file.runId, file.path), {
    expiresIn: file.seconds ?? SIGNED_SECONDS,
    filename: fileName(file.path),
  });
}

/** The same of a file that is there, with its size. Throws `not_found`. */
export async function signStoredArtifact(
  ctx: Context,
  file: ToSign,
): Promise<{ readonly url: string; readonly size: number }> {
  const url = await signArtifactDownload(ctx, file);
  const stored = await ctx.blobs.head(artifactKey(file.runId, file.path));
  if (stored === undefined) throw notFound('artifact', { path: file.path });
  return { url, size: stored.size };
}

/** A URL that takes the file; with `length` exactly so many bytes. */
export async function signArtifactUpload(
  ctx: Context,
  file: ToSign & { readonly length?: number },
): Promise<SignedUrl> {
  await requireWritable(ctx, file);
  return ctx.blobs.signPut(artifactKey(file.runId, file.path), {
    expiresIn: file.seconds ?? SIGNED_SECONDS,
    ...(file.length === undefined ? {} : { length: file.length }),
  });
}

/** Stores a small file that came with the call; `read` is asked for it only if that is allowed. */
export async function putArtifact(
  ctx: Context,
  file: ArtifactFile & { readonly read: () => Promise<Uint8Array> },
): Promise<void> {
  await requireWritable(ctx, file);
  const key = artifactKey(file.runId, file.path);
  await ctx.blobs.put(key, await file.read());
}

async function removeAll(ctx: Context, start: string): Promise<void> {
  let objects: readonly BlobInfo[];
  do {
    ({ objects } = await ctx.blobs.list(start));
    await ctx.blobs.remove(objects.map((object) => object.key));
  } while (objects.length > 0);
}

/** Removes a file, or a folder with everything in it; `''` is all of the run. Nothing there is fine. */
export async function removeArtifacts(ctx: Context, place: ArtifactFile): Promise<void> {
  const { runId, path } = place;
  await requireWritable(ctx, place);
  const key = path === '' ? undefined : artifactKey(runId, path);
  if (key !== undefined) await ctx.blobs.remove([key]);
  await removeAll(ctx, key === undefined ? artifactPrefix(runId) : `${key}/`);
  // They would still hold what is gone; directories are packed anew when they are asked for.
  await removeAll(ctx, bundlePrefix(runId));
}
