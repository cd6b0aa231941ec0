import { artifactKind } from '#domain/artifacts/index.ts';
import type { EntrypointData } from '#domain/entrypoints/index.ts';
import { pluginFileKind, pluginKind } from '#domain/plugins/index.ts';
import { getSnapshot, readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Job } from '../job.ts';
import type { ArtifactInput } from '../protocol.ts';

/** What a job reads: each artifact with the task that reads it back, by the parameter's name. */
export async function artifactInputs(
  system: Context,
  job: Pick<Job, 'data'>,
  entrypoint: EntrypointData,
): Promise<{ readonly [name: string]: ArtifactInput }> {
  const inputs: [string, ArtifactInput][] = [];
  for (const { name, outputParams } of entrypoint.artifactParameters) {
    const value = job.data.artifactValues[name];
    if (value === undefined) continue;
    const { data } = await getSnapshot(system, artifactKind, value.id, value.snapshotId);
    const { task } = data;
    if (task === null) throw invalid('artifact_value', `${name}: the artifact has no task.`);
    const [plugin, file, types] = await Promise.all([
      getSnapshot(system, pluginKind, task.pluginId, task.pluginSnapshot),
      getSnapshot(system, pluginFileKind, task.fileId, task.fileSnapshot),
      readRefs(
        system,
        outputParams.map((param) => param.parameterType),
      ),
    ]);
    inputs.push([
      name,
      {
        artifactId: value.id,
        artifactSnapshotId: value.snapshotId,
        fileName: data.uri.split('/').at(-1) ?? name,
        isDir: data.isDir,
        contentsPath: `/api/v1/artifacts/${value.id}/snapshots/${value.snapshotId}/contents${data.isDir ? '?fileType=tar_gz' : ''}`,
        pluginBundlePath: `/api/v1/plugins/${task.pluginId}/snapshots/${task.pluginSnapshot}/files/bundle?fileType=tar_gz`,
        pluginName: plugin.data.name,
        taskFile: file.data.filename,
        taskName: task.name,
        outputs: outputParams.map((param) => ({
          name: param.name,
          type: types.get(param.parameterType)?.data.name ?? 'any',
        })),
      },
    ]);
  }
  return Object.fromEntries(inputs);
}
