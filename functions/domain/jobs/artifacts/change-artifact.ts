import { type Artifact, artifactKind } from '#domain/artifacts/index.ts';
import { changeResource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { artifactTask } from './artifact-task.ts';
import { requireBothOrNeither } from './register-artifact.ts';

/** Replaces description and task of an artifact; makes a snapshot. */
export async function changeArtifact(
  ctx: Context,
  input: {
    readonly id: number;
    readonly description: string;
    readonly pluginSnapshotId?: number;
    readonly taskId?: number;
  },
): Promise<Artifact> {
  const { pluginSnapshotId, taskId } = input;
  requireBothOrNeither(input);
  const task =
    pluginSnapshotId === undefined || taskId === undefined
      ? null
      : await artifactTask(ctx, { pluginSnapshotId, taskId });
  return changeResource(ctx, artifactKind, input.id, ({ data }) => ({
    data: { ...data, description: input.description, task },
  }));
}
