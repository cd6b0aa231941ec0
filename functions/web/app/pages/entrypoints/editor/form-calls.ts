import type { Entrypoint, EntrypointChange, EntrypointVersion, NewEntrypoint } from '../calls.ts';
import { type BoundPlugin, type EntrypointForm, newKey } from './form.ts';

const boundOf = (plugins: Entrypoint['plugins']): readonly BoundPlugin[] =>
  plugins.map(({ id, name, snapshotId, latestSnapshot, files }) => ({
    id,
    name,
    snapshotId,
    old: !latestSnapshot,
    files,
  }));

/** A version as a form. */
export const formOf = (version: EntrypointVersion): EntrypointForm => ({
  name: version.name,
  description: version.description,
  taskGraph: version.taskGraph,
  artifactGraph: version.artifactGraph,
  parameters: version.parameters.map((row) => ({ ...row, key: newKey() })),
  artifactParameters: version.artifactParameters.map(({ name, outputParams }) => ({
    key: newKey(),
    name,
    outputParams: outputParams.map((output) => ({
      key: newKey(),
      name: output.name,
      parameterType: output.parameterType.id,
    })),
  })),
  plugins: boundOf(version.plugins),
  artifactPlugins: boundOf(version.artifactPlugins),
  queues: version.queues.map(({ id }) => id),
});

type Text = Pick<
  NewEntrypoint,
  | 'name'
  | 'description'
  | 'taskGraph'
  | 'artifactGraph'
  | 'parameters'
  | 'artifactParameters'
  | 'queues'
>;

/** What all calls that write or check an entrypoint take. */
export const textOfForm = (form: EntrypointForm): Text => ({
  name: form.name.trim(),
  description: form.description,
  taskGraph: form.taskGraph,
  artifactGraph: form.artifactGraph,
  parameters: form.parameters.map(({ name, parameterType, defaultValue }) => ({
    name: name.trim(),
    parameterType,
    defaultValue,
  })),
  artifactParameters: form.artifactParameters.map(({ name, outputParams }) => ({
    name: name.trim(),
    outputParams: outputParams.map((output) => ({
      name: output.name.trim(),
      parameterType: output.parameterType,
    })),
  })),
  queues: [...form.queues],
});

export const newEntrypointOf = (form: EntrypointForm, group: number): NewEntrypoint => ({
  ...textOfForm(form),
  group,
  plugins: form.plugins.map(({ id }) => id),
  artifactPlugins: form.artifactPlugins.map(({ id }) => id),
});

export const changeOf = (form: EntrypointForm): EntrypointChange => ({
  ...textOfForm(form),
  pluginSnapshotIds: form.plugins.map(({ snapshotId }) => snapshotId),
  artifactPluginSnapshotIds: form.artifactPlugins.map(({ snapshotId }) => snapshotId),
});

/** Whether two forms say the same. */
export const isSame = (a: EntrypointForm, b: EntrypointForm): boolean =>
  JSON.stringify(changeOf(a)) === JSON.stringify(changeOf(b));
