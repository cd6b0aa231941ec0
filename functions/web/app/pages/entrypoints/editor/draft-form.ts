import {
  type ArtifactParameterRow,
  type BoundPlugin,
  EMPTY_FORM,
  type EntrypointForm,
  newKey,
  PARAMETER_TYPES,
  type ParameterRow,
} from './form.ts';

type Payload = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Payload => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const recordsOf = (value: unknown): readonly Payload[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
const idsOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [];

const parameterOf = (row: Payload): ParameterRow => ({
  key: newKey(),
  name: textOf(row.name),
  parameterType: PARAMETER_TYPES.find((type) => type === row.parameterType) ?? 'string',
  defaultValue: typeof row.defaultValue === 'string' ? row.defaultValue : null,
});

const artifactParameterOf = (row: Payload): ArtifactParameterRow => ({
  key: newKey(),
  name: textOf(row.name),
  outputParams: recordsOf(row.outputParams).map((output) => ({
    key: newKey(),
    name: textOf(output.name),
    parameterType: Number(output.parameterType) || 0,
  })),
});

/** The plugins of some ids: as they are bound, else as they are now. */
function pluginsOf(
  ids: readonly number[],
  bound: readonly BoundPlugin[],
  newest: readonly BoundPlugin[],
): readonly BoundPlugin[] {
  const known = [...bound, ...newest];
  return ids.flatMap((id) => known.find((plugin) => plugin.id === id) ?? []);
}

/** The form that a draft was made of. What it does not hold is as in `saved`. */
export function draftForm(
  payload: Payload,
  newest: readonly BoundPlugin[],
  saved: EntrypointForm = EMPTY_FORM,
): EntrypointForm {
  return {
    name: textOf(payload.name),
    description: textOf(payload.description),
    taskGraph: textOf(payload.taskGraph),
    artifactGraph: textOf(payload.artifactGraph),
    parameters: recordsOf(payload.parameters).map(parameterOf),
    artifactParameters: recordsOf(payload.artifactParameters).map(artifactParameterOf),
    queues: idsOf(payload.queues),
    plugins: Array.isArray(payload.plugins)
      ? pluginsOf(idsOf(payload.plugins), saved.plugins, newest)
      : saved.plugins,
    artifactPlugins: Array.isArray(payload.artifactPlugins)
      ? pluginsOf(idsOf(payload.artifactPlugins), saved.artifactPlugins, newest)
      : saved.artifactPlugins,
  };
}
