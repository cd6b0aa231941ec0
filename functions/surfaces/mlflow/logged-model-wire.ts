import {
  type LoggedModelDetail,
  type ModelMetric,
  type ModelStatus,
  modelArtifactUri,
} from '#domain/logged-models/index.ts';
import type { Context } from '#kernel/context.ts';
import { toExperimentId } from './experiment-ids.ts';
import { toEntry, toMetric, unlessEmpty } from './wire.ts';

/** The states of protobuf, by their numbers. */
export const STATUS_NAMES = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;
type StatusName = (typeof STATUS_NAMES)[number];

const byName: { readonly [name in StatusName]: ModelStatus } = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 'UNSPECIFIED',
  LOGGED_MODEL_PENDING: 'PENDING',
  LOGGED_MODEL_READY: 'READY',
  LOGGED_MODEL_UPLOAD_FAILED: 'FAILED',
};

export const statusOf = (name: StatusName): ModelStatus => byName[name];

const nameOf = (status: ModelStatus) => STATUS_NAMES.find((name) => byName[name] === status);

const toModelMetric = (modelId: string, metric: ModelMetric) => ({
  ...toMetric(metric),
  ...(metric.datasetName === undefined ? {} : { dataset_name: metric.datasetName }),
  ...(metric.datasetDigest === undefined ? {} : { dataset_digest: metric.datasetDigest }),
  model_id: modelId,
  run_id: metric.runId,
});

export const toLoggedModel = (
  ctx: Context,
  { model, params, tags, metrics }: LoggedModelDetail,
) => ({
  info: {
    model_id: model.id,
    experiment_id: toExperimentId(ctx, model.experimentId),
    name: model.name,
    creation_timestamp_ms: model.createdOn,
    last_updated_timestamp_ms: model.updatedOn,
    artifact_uri: modelArtifactUri(model),
    status: nameOf(model.status),
    model_type: model.type,
    source_run_id: model.sourceRunId,
    ...unlessEmpty('tags', tags.map(toEntry)),
  },
  data: {
    ...unlessEmpty('params', params.map(toEntry)),
    ...unlessEmpty(
      'metrics',
      metrics.map((metric) => toModelMetric(model.id, metric)),
    ),
  },
});
