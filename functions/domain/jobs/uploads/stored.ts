import { measureFolder } from '#domain/artifacts/index.ts';
import { artifactKey, directoryBundleKey } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import { type FinishedArtifact, MAX_DIRECTORY_FILES } from '../protocol.ts';

interface Expected {
  /** What to call it in the refusal. */
  readonly name: string;
  readonly size: number;
  readonly sha256?: string | undefined;
}

const incomplete = ({ name, size }: Expected, found: number | undefined): AppError =>
  invalid('artifact_incomplete', `The artifact ${name} is not wholly uploaded.`, {
    name,
    expected: size,
    found: found ?? null,
  });

/** Throws `invalid` (`artifact_incomplete`) unless the object is there, of that size and sum. */
export async function requireStored(ctx: Context, key: string, expected: Expected): Promise<void> {
  const found = await ctx.blobs.head(key);
  const { size, sha256 } = expected;
  if (found?.size !== size) throw incomplete(expected, found?.size);
  if (sha256 !== undefined && found.sha256 !== sha256) {
    throw invalid('artifact_incomplete', `The artifact ${expected.name} was stored otherwise.`, {
      name: expected.name,
    });
  }
}

/** Bytes of all files of a directory, which must not be a file. */
async function sizeOfFolder(ctx: Context, key: string, name: string): Promise<number | undefined> {
  const { size, files } = await measureFolder(ctx, key, (seen) => {
    if (seen <= MAX_DIRECTORY_FILES) return;
    throw invalid(
      'too_many_files',
      `The artifact ${name} has more than ${MAX_DIRECTORY_FILES} files.`,
    );
  });
  const isFile = files === 0 && (await ctx.blobs.head(key)) !== undefined;
  return isFile ? undefined : size;
}

/**
 * The files were each written through a URL that binds size, bytes and that it is the first
 * write, or made of parts that the store has summed up; what is left to ask is whether all came.
 */
export async function requireUploaded(
  ctx: Context,
  runId: string,
  artifact: FinishedArtifact,
): Promise<void> {
  const { name, path, isDir, bundle } = artifact;
  const key = artifactKey(runId, path);
  if (!isDir) return requireStored(ctx, key, artifact);
  const [size] = await Promise.all([
    sizeOfFolder(ctx, key, name),
    bundle && requireStored(ctx, directoryBundleKey(runId, path), { name, ...bundle }),
  ]);
  if (size !== artifact.size) throw incomplete(artifact, size);
}
