import type { Field, Filter } from '#kernel/filter/ast.ts';
import type { FieldValue } from '#kernel/filter/matches.ts';
import type { LoggedModel, LoggedModelDetail, ModelMetric } from '../schemas.ts';

/** A dataset whose metrics are meant; without a digest those of all its states. */
export interface OnDataset {
  readonly name: string;
  readonly digest?: string;
}

const attributes: { readonly [key: string]: (model: LoggedModel) => string | number } = {
  name: ({ name }) => name,
  model_id: ({ id }) => id,
  model_type: ({ type }) => type,
  status: ({ status }) => status,
  source_run_id: ({ sourceRunId }) => sourceRunId,
  creation_timestamp: ({ createdOn }) => createdOn,
  last_updated_timestamp: ({ updatedOn }) => updatedOn,
};

export const isOn =
  (datasets: readonly OnDataset[]) =>
  (metric: ModelMetric): boolean =>
    datasets.length === 0 ||
    datasets.some(
      ({ name, digest }) =>
        metric.datasetName === name && (digest === undefined || metric.datasetDigest === digest),
    );

/** What a model holds in a field; of a metric all values on the datasets, of which any may fit. */
export function fieldValue(
  { model, params, tags, metrics }: LoggedModelDetail,
  { entity, key }: Field,
  datasets: readonly OnDataset[],
): FieldValue {
  switch (entity) {
    case 'metric':
      return metrics
        .filter((metric) => metric.key === key)
        .filter(isOn(datasets))
        .map(({ value }) => value);
    case 'param':
      return params.find((param) => param.key === key)?.value;
    case 'tag':
      return tags.find((tag) => tag.key === key)?.value;
    default:
      return attributes[key]?.(model);
  }
}

/** Whether a filter asks for a metric anywhere. */
export function asksForMetric(filter: Filter | undefined): boolean {
  if (filter === undefined) return false;
  if (filter.kind === 'comparison') return filter.field.entity === 'metric';
  return filter.kind === 'not' ? asksForMetric(filter.of) : filter.of.some(asksForMetric);
}
