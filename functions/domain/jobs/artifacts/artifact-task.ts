import type { ArtifactTask } from '#domain/artifacts/index.ts';
import { findArtifactTask } from '#domain/plugins/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';

/** The task of a plugin snapshot that wrote an artifact; throws `not_found` (`task_not_found`). */
export async function artifactTask(
  ctx: Context,
  input: { readonly pluginSnapshotId: number; readonly taskId: number },
): Promise<ArtifactTask> {
  const task = await findArtifactTask(ctx, input.pluginSnapshotId, input.taskId);
  if (task === undefined) {
    throw new AppError('not_found', 'The plugin snapshot has no such artifact task.', {
      reason: 'task_not_found',
    });
  }
  return task;
}
