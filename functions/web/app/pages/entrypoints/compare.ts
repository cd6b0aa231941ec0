import type { EntrypointForm } from './editor/form.ts';

/** What is compared of a version: texts, and single values by their names. */
export interface Compared {
  readonly taskGraph: string;
  readonly artifactGraph: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The parts of a version in words, so that two can be compared. */
export function comparedOf(form: EntrypointForm): Compared {
  const plugin =
    (kind: string) =>
    ({ name, snapshotId }: EntrypointForm['plugins'][number]): readonly [string, string] => [
      `${kind} ${name}`,
      `snapshot ${snapshotId}`,
    ];
  const values: readonly (readonly [string, string])[] = [
    ['Name', form.name],
    ['Description', form.description],
    ...form.parameters.map(({ name, parameterType, defaultValue }): readonly [string, string] => [
      `Parameter ${name}`,
      `${parameterType}, ${defaultValue === null ? 'no default' : `default ${defaultValue}`}`,
    ]),
    ['Order of parameters', form.parameters.map(({ name }) => name).join(', ')],
    ...form.artifactParameters.map(({ name, outputParams }): readonly [string, string] => [
      `Artifact parameter ${name}`,
      outputParams.map((output) => `${output.name}: type ${output.parameterType}`).join(', '),
    ]),
    ...form.plugins.map(plugin('Plugin')),
    ...form.artifactPlugins.map(plugin('Artifact plugin')),
  ];
  return { taskGraph: form.taskGraph, artifactGraph: form.artifactGraph, values: new Map(values) };
}

export interface ChangedValue {
  readonly what: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: string;
  readonly after: string;
}

/** The values that are not the same, in the order of the first, then what only the second has. */
export function changedValues(before: Compared, after: Compared): readonly ChangedValue[] {
  const names = new Set([...before.values.keys(), ...after.values.keys()]);
  return [...names].flatMap((what): readonly ChangedValue[] => {
    const [old, now] = [before.values.get(what), after.values.get(what)];
    if (old === now) return [];
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ what, kind, before: old ?? '', after: now ?? '' }];
  });
}
