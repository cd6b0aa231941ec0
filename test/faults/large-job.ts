import type { Json } from '../support/app.ts';
import type { Cluster } from './cluster.ts';

/** Says how large the file shall be. */
const WORK = `
from dioptra import pyplugs


@pyplugs.register
def choose(size):
    return size
`;

/** A file of holes but for a mark at the start of every step. */
const KEEP = `
from pathlib import Path

from dioptra.sdk.api.artifact import ArtifactTaskInterface

STEP = 32 * 1024 * 1024


class HollowFile(ArtifactTaskInterface):
    @staticmethod
    def serialize(working_dir, name, contents, **kwargs):
        path = Path(working_dir, f"{name}.bin")
        with open(path, "wb") as file:
            file.truncate(contents)
            for start in range(0, contents, STEP):
                file.seek(start)
                file.write(f"mark {start:>20}".encode())
        return path

    @staticmethod
    def deserialize(working_dir, path, **kwargs):
        return Path(working_dir, path)

    @staticmethod
    def validation():
        return None
`;

export const STEP = 32 * 1024 * 1024;
export const markAt = (start: number): string => `mark ${String(start).padStart(20)}`;

export interface LargeJob {
  /** Submits a job that makes a file of so many bytes; gives its id. */
  submit(size: number): Promise<number>;
}

/** Registers what a job needs that makes one large file. */
export async function setUpLargeJob(cluster: Cluster, pool: string): Promise<LargeJob> {
  const { group, experiment, queues } = cluster.setup;
  const post = async (path: string, body: object): Promise<Json> => {
    const answer = await cluster.call('POST', `/api/v1${path}`, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  const types = await cluster.get(`/api/v1/pluginParameterTypes?groupId=${group}&pageLength=100`);
  const integer = types.data.find(({ name }: Json) => name === 'integer').id;
  const plugin = async (name: string, file: object) => {
    const { id } = await post('/plugins', { group, name });
    await post(`/plugins/${id}/files`, file);
    return id;
  };
  const outputParams = [{ name: 'size', parameterType: integer }];
  const inputParams = [{ name: 'size', parameterType: integer, required: true }];
  const work = await plugin('large_work', {
    filename: 'steps.py',
    contents: WORK,
    tasks: { functions: [{ name: 'choose', inputParams, outputParams }], artifacts: [] },
  });
  const keep = await plugin('large_keep', {
    filename: 'keep.py',
    contents: KEEP,
    tasks: { functions: [], artifacts: [{ name: 'HollowFile', outputParams }] },
  });
  const entrypoint = await post('/entrypoints', {
    group,
    name: 'large entrypoint',
    taskGraph: 'choose:\n  choose:\n    size: $size\n',
    artifactGraph: 'hollow:\n  contents: $choose\n  task:\n    name: HollowFile\n',
    parameters: [{ name: 'size', parameterType: 'integer', defaultValue: '1' }],
    plugins: [work],
    artifactPlugins: [keep],
    queues: [queues.get(pool)],
  });
  await post(`/experiments/${experiment}/entrypoints`, { ids: [entrypoint.id] });
  return {
    async submit(size) {
      const job = await post(`/experiments/${experiment}/jobs`, {
        description: 'makes a large file',
        queue: queues.get(pool),
        entrypoint: entrypoint.id,
        values: { size: String(size) },
      });
      return job.id;
    },
  };
}
