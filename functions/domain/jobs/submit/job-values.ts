import { type Artifact, artifactKind } from '#domain/artifacts/index.ts';
import { castParameterValue, type Entrypoint, usedParameters } from '#domain/entrypoints/index.ts';
import { getSnapshot } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { JobData } from '../job.ts';

/** Throws `invalid` unless each value is of a parameter. */
export function requireKnownValues(
  { data: { parameters } }: Entrypoint,
  given: JobData['values'],
): void {
  const unknown = Object.keys(given).filter((name) => !parameters.some((p) => p.name === name));
  if (unknown.length > 0) {
    throw invalid(
      'job_parameter_unknown',
      `values: the entrypoint has no parameter ${unknown.join(', ')}.`,
    );
  }
}

/**
 * Values of the parameters that the graph uses under the choices made: given or default, each
 * castable to its type. Throws `invalid`.
 */
export function jobValues(
  { data }: Entrypoint,
  given: JobData['values'],
  choices: ReadonlyMap<string, string>,
): JobData['values'] {
  const used = usedParameters(data, choices);
  const values: [string, string][] = [];
  for (const { name, parameterType, defaultValue } of data.parameters) {
    if (!used.has(name)) continue;
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? defaultValue;
    if (value === null || value === undefined) {
      throw invalid('job_parameter_missing', `values: the parameter ${name} needs a value.`);
    }
    const cast = castParameterValue(parameterType, value);
    if (!cast.ok) throw invalid('parameter_type_mismatch', `values: ${name}: ${cast.message}`);
    values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** Throws `invalid` unless every artifact parameter has an artifact whose task puts out the same types. */
export async function checkArtifactValues(
  ctx: Context,
  entrypoint: Entrypoint,
  given: JobData['artifactValues'],
): Promise<void> {
  const { artifactParameters } = entrypoint.data;
  const unknown = Object.keys(given).filter((n) => !artifactParameters.some((p) => p.name === n));
  if (unknown.length > 0) {
    throw invalid(
      'artifact_value',
      `artifactValues: the entrypoint has no artifact parameter ${unknown.join(', ')}.`,
    );
  }
  for (const { name, outputParams } of artifactParameters) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      throw invalid(
        'artifact_parameter_missing',
        `artifactValues: the artifact parameter ${name} needs an artifact.`,
      );
    }
    const version = await getSnapshot(ctx, artifactKind, value.id, value.snapshotId);
    requireSameTypes(name, outputParams, version.data);
  }
}

function requireSameTypes(
  name: string,
  wanted: readonly { readonly parameterType: number }[],
  artifact: Artifact['data'],
): void {
  const types = (params: readonly { readonly parameterType: number }[]) =>
    params.map((param) => param.parameterType).join();
  if (artifact.task === null || types(wanted) !== types(artifact.task.outputParams)) {
    throw invalid(
      'artifact_parameter_mismatch',
      `artifactValues: ${name}: the artifact's task puts out other types.`,
    );
  }
}
