import {
  artifactRootOf,
  artifactUri,
  type Entry,
  latestOf,
  type NamedPoint,
  type Run,
  type RunDetail,
  type TrackedExperiment,
  type UsedDataset,
} from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { toExperimentId } from './experiment-ids.ts';
import { doubleText, wireDouble, wireInteger } from './json.ts';
import { workspaceOf } from './workspaces.ts';

/** Lists that are empty are left out, as protobuf's JSON does. */
export const unlessEmpty = <T>(
  name: string,
  list: readonly T[],
): { readonly [name: string]: readonly T[] } => (list.length === 0 ? {} : { [name]: list });

export const toEntry = ({ key, value }: Entry) => ({ key, value });

export const toMetric = ({ key, value, timestamp, step }: NamedPoint) => ({
  key,
  value: wireDouble(value),
  timestamp: wireInteger(timestamp),
  step: wireInteger(step),
});

/** The texts of {@link toMetric} for points of one metric: a history has thousands of them. */
export function metricText(key: string): (point: Omit<NamedPoint, 'key'>) => string {
  const head = `{"key":${JSON.stringify(key)},"value":`;
  return ({ value, timestamp, step }) =>
    `${head}${doubleText(value)},"timestamp":${timestamp},"step":${step}}`;
}

export const toRunInfo = (ctx: Context, run: Run) => ({
  run_id: run.id,
  run_uuid: run.id,
  run_name: run.name,
  experiment_id: toExperimentId(ctx, run.experimentId),
  user_id: run.user,
  status: run.status,
  start_time: run.startTime,
  ...(run.endTime === undefined ? {} : { end_time: run.endTime }),
  artifact_uri: artifactUri(run),
  lifecycle_stage: run.deletedOn === undefined ? 'active' : 'deleted',
});

const toDatasetInput = ({ name, digest, tags, content }: UsedDataset) => ({
  ...unlessEmpty('tags', tags.map(toEntry)),
  dataset: {
    name,
    digest,
    source_type: content?.sourceType ?? '',
    source: content?.source ?? '',
    ...(content?.schema === undefined ? {} : { schema: content.schema }),
    ...(content?.profile === undefined ? {} : { profile: content.profile }),
  },
});

export const toRun = (ctx: Context, detail: RunDetail) => ({
  info: toRunInfo(ctx, detail.run),
  data: {
    ...unlessEmpty('metrics', latestOf(detail).map(toMetric)),
    ...unlessEmpty('params', detail.params.map(toEntry)),
    ...unlessEmpty('tags', detail.tags.map(toEntry)),
  },
  inputs: {
    ...unlessEmpty('dataset_inputs', detail.inputs.datasets.map(toDatasetInput)),
    ...unlessEmpty(
      'model_inputs',
      detail.inputs.models.map((model_id) => ({ model_id })),
    ),
  },
  outputs: unlessEmpty(
    'model_outputs',
    detail.inputs.outputs.map(({ modelId, step }) => ({ model_id: modelId, step })),
  ),
});

export const toExperiment = (ctx: Context, experiment: TrackedExperiment) => {
  const workspace = workspaceOf(ctx);
  return {
    experiment_id: toExperimentId(ctx, experiment.id),
    name: experiment.name,
    artifact_location: experiment.artifactRoot ?? artifactRootOf(experiment.id),
    lifecycle_stage: experiment.deleted ? 'deleted' : 'active',
    creation_time: experiment.createdOn,
    last_update_time: experiment.changedOn,
    ...(workspace === undefined ? {} : { workspace }),
    ...unlessEmpty('tags', experiment.tags.map(toEntry)),
  };
};
