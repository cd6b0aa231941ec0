import { toJson } from '../json.ts';

/**
 * The answers of MLflow's GraphQL that its web UI asks for, each as what the REST API answers plus
 * its type's name, in camelCase. A type is a table of its fields in GraphQL's notation.
 */
const TYPES: { readonly [type: string]: { readonly [field: string]: string } } = {
  MlflowGetExperimentResponse: { experiment: 'MlflowExperiment', apiError: 'ApiError' },
  MlflowGetRunResponse: { run: 'MlflowRunExtension', apiError: 'ApiError' },
  MlflowSearchRunsResponse: {
    runs: '[MlflowRunExtension]',
    nextPageToken: 'String',
    apiError: 'ApiError',
  },
  MlflowGetMetricHistoryBulkIntervalResponse: {
    metrics: '[MlflowMetricWithRunId]',
    apiError: 'ApiError',
  },
  MlflowMetricWithRunId: {
    key: 'String',
    value: 'Float',
    timestamp: 'LongString',
    step: 'LongString',
    runId: 'String',
  },
  ApiError: { code: 'String', message: 'String', helpUrl: 'String', traceId: 'String' },
  MlflowExperiment: {
    experimentId: 'String',
    name: 'String',
    artifactLocation: 'String',
    lifecycleStage: 'String',
    lastUpdateTime: 'LongString',
    creationTime: 'LongString',
    tags: '[MlflowExperimentTag]',
    effectiveTraceArchivalRetention: 'String',
    workspace: 'String',
  },
  MlflowExperimentTag: { key: 'String', value: 'String' },
  MlflowRunExtension: {
    info: 'MlflowRunInfo',
    data: 'MlflowRunData',
    inputs: 'MlflowRunInputs',
    outputs: 'MlflowRunOutputs',
    experiment: 'MlflowExperiment',
    modelVersions: '[MlflowModelVersion]',
  },
  MlflowRunInfo: {
    runId: 'String',
    runUuid: 'String',
    runName: 'String',
    experimentId: 'String',
    userId: 'String',
    status: 'String',
    startTime: 'LongString',
    endTime: 'LongString',
    artifactUri: 'String',
    lifecycleStage: 'String',
  },
  MlflowRunData: {
    metrics: '[MlflowMetricExtension]',
    params: '[MlflowParam]',
    tags: '[MlflowRunTag]',
  },
  MlflowMetricExtension: {
    key: 'String',
    value: 'Float',
    timestamp: 'LongString',
    step: 'LongString',
    datasetName: 'String',
    datasetDigest: 'String',
    modelId: 'String',
    runId: 'String',
  },
  MlflowParam: { key: 'String', value: 'String' },
  MlflowRunTag: { key: 'String', value: 'String' },
  MlflowRunInputs: { datasetInputs: '[MlflowDatasetInput]', modelInputs: '[MlflowModelInput]' },
  MlflowDatasetInput: { tags: '[MlflowInputTag]', dataset: 'MlflowDataset' },
  MlflowInputTag: { key: 'String', value: 'String' },
  MlflowDataset: {
    name: 'String',
    digest: 'String',
    sourceType: 'String',
    source: 'String',
    schema: 'String',
    profile: 'String',
  },
  MlflowModelInput: { modelId: 'String' },
  MlflowRunOutputs: { modelOutputs: '[MlflowModelOutput]' },
  MlflowModelOutput: { modelId: 'String', step: 'LongString' },
  MlflowModelVersion: {
    name: 'String',
    version: 'String',
    creationTimestamp: 'LongString',
    lastUpdatedTimestamp: 'LongString',
    userId: 'String',
    currentStage: 'String',
    description: 'String',
    source: 'String',
    runId: 'String',
    status: 'String',
    statusMessage: 'String',
    tags: '[MlflowModelVersionTag]',
    runLink: 'String',
    aliases: '[String]',
    modelId: 'String',
  },
  MlflowModelVersionTag: { key: 'String', value: 'String' },
};

type Fields = { readonly [name: string]: unknown };

/** The name that the REST API has for a field. */
export const wireName = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** GraphQL's floats are numbers alone; 64-bit integers are text, which JavaScript reads exactly. */
function scalar(type: string, value: unknown): unknown {
  if (value === undefined || value === 'NaN') return type === 'String' ? (value ?? null) : null;
  return type === 'LongString' ? toJson(value) : value;
}

function fieldOf(type: string, value: unknown): unknown {
  const [, inner] = /^\[(\w+)\]$/.exec(type) ?? [];
  if (inner !== undefined) {
    return ((value ?? []) as readonly unknown[]).map((member) => fieldOf(inner, member));
  }
  const fields = TYPES[type];
  if (fields === undefined) return scalar(type, value);
  return value === undefined ? null : toGraphql(type, value as Fields);
}

/** An answer of the REST API, in snake_case, as an object of a GraphQL type with all its fields. */
export function toGraphql(type: string, value: Fields): Fields {
  const fields = Object.entries(TYPES[type] ?? {});
  return {
    __typename: type,
    ...Object.fromEntries(
      fields.map(([name, kind]) => [name, fieldOf(kind, value[wireName(name)])]),
    ),
  };
}
