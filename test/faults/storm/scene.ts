import type { StormClient } from './client.ts';

/** One group with all that its jobs need. */
export interface Scene {
  readonly group: number;
  readonly experiment: number;
  readonly entrypoint: number;
  /** Of different urgency, the most urgent last. */
  readonly queues: readonly [number, ...number[]];
}

const PRIORITIES = [-20, 0, 50];

/** What the engine would run; the storm's workers run a script in its place. */
const WORK = `
from dioptra import pyplugs


@pyplugs.register
def work(lines, seconds, codes):
    return ""
`;

const KEEP = `
from pathlib import Path

from dioptra.sdk.api.artifact import ArtifactTaskInterface


class TextFile(ArtifactTaskInterface):
    @staticmethod
    def serialize(working_dir, name, contents, **kwargs):
        return Path(working_dir, name)

    @staticmethod
    def deserialize(working_dir, path, **kwargs):
        return ""

    @staticmethod
    def validation():
        return None
`;

export async function signUp(client: StormClient): Promise<{ readonly authorization: string }> {
  const password = 'a long enough password';
  const account = { username: 'alice', email: 'alice@assay.test', password };
  await client.post('/api/v1/users', { ...account, confirmPassword: password });
  return { authorization: `Basic ${btoa(`alice:${password}`)}` };
}

async function typesOf(client: StormClient, group: number) {
  const rows = await client.pages(`/api/v1/pluginParameterTypes?groupId=${group}`);
  const ids = new Map(rows.map(({ name, id }) => [name, id]));
  return (name: string): number => ids.get(name);
}

async function plugins(client: StormClient, group: number, name: string) {
  const type = await typesOf(client, group);
  const outputParams = [{ name: 'text', parameterType: type('string') }];
  const inputs = [
    ['lines', 'integer'],
    ['seconds', 'number'],
    ['codes', 'string'],
  ] as const;
  const inputParams = inputs.map(([input, of]) => ({
    name: input,
    parameterType: type(of),
    required: true,
  }));
  const make = async (what: string, file: object): Promise<number> => {
    const { id } = await client.post('/api/v1/plugins', { group, name: `${name}_${what}` });
    await client.post(`/api/v1/plugins/${id}/files`, file);
    return id;
  };
  const work = await make('work', {
    filename: 'steps.py',
    contents: WORK,
    tasks: { functions: [{ name: 'work', inputParams, outputParams }], artifacts: [] },
  });
  const keep = await make('keep', {
    filename: 'keep.py',
    contents: KEEP,
    tasks: { functions: [], artifacts: [{ name: 'TextFile', outputParams }] },
  });
  return { plugins: [work], artifactPlugins: [keep] };
}

/** Registers plugins, queues, an entrypoint and an experiment in a group. */
export async function setScene(client: StormClient, group: number, name: string): Promise<Scene> {
  const queues: number[] = [];
  for (const priority of PRIORITIES) {
    const queue = { group, name: `${name}-${priority}`, priority };
    queues.push((await client.post('/api/v1/queues', queue)).id);
  }
  const [first = 0, ...others] = queues;
  const entrypoint = await client.post('/api/v1/entrypoints', {
    group,
    name: `${name} entrypoint`,
    taskGraph: 'work:\n  work:\n    lines: $lines\n    seconds: $seconds\n    codes: $codes\n',
    artifactGraph: 'rows:\n  contents: $work\n  task:\n    name: TextFile\n',
    parameters: [
      { name: 'lines', parameterType: 'integer', defaultValue: '5' },
      { name: 'seconds', parameterType: 'float', defaultValue: '0' },
      { name: 'codes', parameterType: 'string', defaultValue: '0' },
    ],
    ...(await plugins(client, group, name)),
    queues,
  });
  const experiment = await client.post('/api/v1/experiments', {
    group,
    name: `${name} experiment`,
    entrypoints: [entrypoint.id],
  });
  return {
    group,
    experiment: experiment.id,
    entrypoint: entrypoint.id,
    queues: [first, ...others],
  };
}
