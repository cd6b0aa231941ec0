import * as z from 'zod';
import { type ArtifactData, artifactKind } from '#domain/artifacts/index.ts';
import { readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { ResourceMount } from '../resource-routes.ts';
import {
  BASE,
  groupRef,
  Ref,
  ResourceFields,
  ResourceRef,
  resourceFields,
  resourceRef,
} from '../shapes.ts';

export const ArtifactRef = z.object({
  id: z.int(),
  group: Ref,
  url: z.string(),
  deleted: z.boolean(),
});

/** Artifacts are of the group of what refers to them, and are never deleted. */
export const artifactRef = (ctx: Context, groupId: number, id: number) => ({
  id,
  group: groupRef(ctx, groupId),
  url: `${BASE}/artifacts/${id}`,
  deleted: false,
});

const Task = z.object({
  id: z.int(),
  name: z.string(),
  outputParams: z.array(z.object({ name: z.string(), parameterType: ResourceRef })),
  pluginResourceId: z.int(),
  pluginResourceSnapshotId: z.int(),
  pluginFileResourceId: z.int(),
  pluginFileResourceSnapshotId: z.int(),
});

export const ArtifactAnswer = ResourceFields.extend({
  description: z.string(),
  artifactUri: z.string(),
  job: z.int(),
  isDir: z.boolean(),
  fileSize: z.nullable(z.int()),
  fileUrl: z.string(),
  task: z.union([Task, z.object({})]),
});

export const artifactMount: ResourceMount<ArtifactData> = {
  path: 'artifacts',
  title: 'Artifact',
  scope: 'artifact',
  kind: artifactKind,
  response: ArtifactAnswer,
  jobs: true,
  shape: async (ctx, rows, beside, versions) => {
    const types = await readRefs(
      ctx,
      rows.flatMap((row) => (row.data.task?.outputParams ?? []).map((p) => p.parameterType)),
    );
    const toTask = ({ task }: ArtifactData) =>
      task === null
        ? {}
        : {
            id: task.id,
            name: task.name,
            outputParams: task.outputParams.flatMap(({ name, parameterType }) => {
              const type = types.get(parameterType);
              if (type === undefined) return [];
              return [{ name, parameterType: resourceRef(ctx, 'pluginParameterTypes', type) }];
            }),
            pluginResourceId: task.pluginId,
            pluginResourceSnapshotId: task.pluginSnapshot,
            pluginFileResourceId: task.fileId,
            pluginFileResourceSnapshotId: task.fileSnapshot,
          };
    return rows.map((artifact, index) => ({
      ...resourceFields(ctx, beside, artifact, versions?.[index]),
      description: artifact.data.description,
      artifactUri: artifact.data.uri,
      job: artifact.data.jobId,
      isDir: artifact.data.isDir,
      fileSize: artifact.data.size,
      fileUrl: `${BASE}/artifacts/${artifact.id}/contents`,
      task: toTask(artifact.data),
    }));
  },
};
