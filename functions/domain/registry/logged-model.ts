import {
  getLoggedModel,
  modelArtifactUri,
  setLoggedModelTags,
} from '#domain/logged-models/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';

/** The tag of a logged model that tells which versions were made of it. */
const VERSIONS_TAG = 'mlflow.modelVersions';
const MAX_TAG = 20_000;

/** A logged model that a version is made of. */
export interface LoggedModelOrigin {
  readonly id: string;
  /** Where its files are. */
  readonly location: string;
  readonly runId?: string;
  readonly jobId?: number;
}

/** Does something; refusals of these codes are nothing. */
async function unless<T>(codes: readonly string[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AppError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** The logged model of this id, where the caller may read it. */
export async function findLoggedModel(
  ctx: Context,
  modelId: string,
): Promise<LoggedModelOrigin | undefined> {
  const found = await unless(['not_found'], () => getLoggedModel(ctx, { modelId }));
  if (found === undefined) return undefined;
  const { id, experimentId, sourceRunId, jobId } = found.model;
  return {
    id,
    location: modelArtifactUri({ id, experimentId }),
    ...(sourceRunId === '' ? {} : { runId: sourceRunId }),
    ...(jobId === undefined ? {} : { jobId }),
  };
}

/** The versions that a tag tells of; people may have written anything there. */
function versionsIn(text: string | undefined): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/**
 * Notes on a logged model that a version was made of it, the latest ones where there are too many. For
 * those who may only read it, and where it has no room, the version does without.
 */
export async function noteVersion(
  ctx: Context,
  modelId: string,
  version: { readonly name: string; readonly version: number },
): Promise<void> {
  await unless(['forbidden', 'invalid', 'not_found'], async () => {
    const { tags } = await getLoggedModel(ctx, { modelId });
    const before = versionsIn(tags.find(({ key }) => key === VERSIONS_TAG)?.value);
    let all = [...before, version];
    while (JSON.stringify(all).length > MAX_TAG) all = all.slice(1);
    await setLoggedModelTags(ctx, {
      modelId,
      tags: [{ key: VERSIONS_TAG, value: JSON.stringify(all) }],
    });
  });
}
