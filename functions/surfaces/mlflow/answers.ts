/** What each row answers with, for the OpenAPI document; what redirects to a file is not here. */
import * as z from 'zod';
import { TRACE_STATES } from '#domain/traces/index.ts';
import { RUN_STATUSES } from '#domain/tracking/index.ts';
import type { Route } from '#http/route.ts';
import { STATUS_NAMES } from './logged-model-wire.ts';

const text = z.string();
/** May be larger than a double holds exactly. */
const int64 = z.number().meta({ format: 'int64' });
const double = z.union([z.number(), z.literal('NaN')]);
const Nothing = z.strictObject({});
const Entry = z.strictObject({ key: text, value: text });
const entries = z.array(Entry).optional();
const strings = z.record(z.string(), text);
const token = { next_page_token: text.optional() };

const Experiment = z.strictObject({
  experiment_id: text,
  name: text,
  artifact_location: text,
  lifecycle_stage: z.enum(['active', 'deleted']),
  creation_time: int64,
  last_update_time: int64,
  workspace: text.optional(),
  tags: entries,
});

const RunInfo = z.strictObject({
  run_id: text,
  run_uuid: text,
  run_name: text,
  experiment_id: text,
  user_id: text,
  status: z.enum(RUN_STATUSES),
  start_time: int64,
  end_time: int64.optional(),
  artifact_uri: text,
  lifecycle_stage: z.enum(['active', 'deleted']),
});
const metric = { key: text, value: double, timestamp: int64, step: int64 };
const Metric = z.strictObject(metric);
const SeriesOfRun = z.strictObject({
  run_id: text,
  total: z.number(),
  sampled: z.boolean(),
  steps: z.array(int64),
  timestamps: z.array(int64),
  values: z.array(z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])),
});
const MetricOfRun = Metric.extend({ run_id: text });
const DatasetInput = z.strictObject({
  tags: entries,
  dataset: z.strictObject({
    name: text,
    digest: text,
    source_type: text,
    source: text,
    schema: text.optional(),
    profile: text.optional(),
  }),
});
const Run = z.strictObject({
  info: RunInfo,
  data: z.strictObject({ metrics: z.array(Metric).optional(), params: entries, tags: entries }),
  inputs: z.strictObject({
    dataset_inputs: z.array(DatasetInput).optional(),
    model_inputs: z.array(z.strictObject({ model_id: text })).optional(),
  }),
  outputs: z.strictObject({
    model_outputs: z.array(z.strictObject({ model_id: text, step: int64 })).optional(),
  }),
});
const DatasetSummary = z.strictObject({
  experiment_id: text,
  name: text,
  digest: text,
  context: text.optional(),
});

const File = z.strictObject({ path: text, is_dir: z.boolean(), file_size: int64.optional() });
const FileList = z.strictObject({ root_uri: text, files: z.array(File).optional(), ...token });
const headers = strings;

const ModelVersion = z.strictObject({
  name: text,
  version: text,
  creation_timestamp: int64,
  last_updated_timestamp: int64,
  description: text.optional(),
  current_stage: text,
  source: text,
  run_id: text,
  status: z.literal('READY'),
  run_link: text,
  model_id: text.optional(),
  tags: entries,
  aliases: z.array(text).optional(),
});
const OneVersion = z.strictObject({ model_version: ModelVersion });
const Versions = z.strictObject({ model_versions: z.array(ModelVersion).optional(), ...token });
const RegisteredModel = z.strictObject({
  name: text,
  creation_timestamp: int64,
  last_updated_timestamp: int64,
  description: text.optional(),
  latest_versions: z.array(ModelVersion).optional(),
  tags: entries,
  aliases: z.array(z.strictObject({ alias: text, version: text })).optional(),
});
const OneRegistered = z.strictObject({ registered_model: RegisteredModel });

const LoggedModel = z.strictObject({
  info: z.strictObject({
    model_id: text,
    experiment_id: text,
    name: text,
    creation_timestamp_ms: int64,
    last_updated_timestamp_ms: int64,
    artifact_uri: text,
    status: z.enum(STATUS_NAMES),
    model_type: text,
    source_run_id: text,
    tags: entries,
  }),
  data: z.strictObject({
    params: entries,
    metrics: z
      .array(
        MetricOfRun.extend({
          dataset_name: text.optional(),
          dataset_digest: text.optional(),
          model_id: text,
        }),
      )
      .optional(),
  }),
});
const OneLogged = z.strictObject({ model: LoggedModel });

const Assessment = z.strictObject({
  assessment_id: text,
  assessment_name: text,
  trace_id: text,
  span_id: text.optional(),
  source: z.strictObject({ source_type: text, source_id: text }),
  create_time: text,
  last_update_time: text,
  feedback: z
    .object({
      value: z.unknown(),
      error: z
        .object({ error_code: text, error_message: text, stack_trace: text.optional() })
        .optional(),
    })
    .optional(),
  expectation: z
    .object({
      value: z.unknown().optional(),
      serialized_value: z
        .object({ serialization_format: z.literal('JSON_FORMAT'), value: text })
        .optional(),
    })
    .optional(),
  issue: z.strictObject({ issue_name: text }).optional(),
  rationale: text.optional(),
  metadata: strings.optional(),
  overrides: text.optional(),
  valid: z.boolean(),
});
const OneAssessment = z.strictObject({ assessment: Assessment });
const TraceInfo = z.strictObject({
  trace_id: text,
  client_request_id: text.optional(),
  trace_location: z.strictObject({
    type: z.literal('MLFLOW_EXPERIMENT'),
    mlflow_experiment: z.strictObject({ experiment_id: text }),
  }),
  request_preview: text.optional(),
  response_preview: text.optional(),
  request_time: text,
  execution_duration: text.optional(),
  state: z.enum(TRACE_STATES),
  trace_metadata: strings.optional(),
  tags: strings,
  assessments: z.array(Assessment).optional(),
});
const OneTrace = z.strictObject({ trace: z.strictObject({ trace_info: TraceInfo }) });
/** Spans are those of OpenTelemetry, in protobuf's JSON. */
const spans = z.array(z.looseObject({ trace_id: text, span_id: text, name: text }));
const TraceInfoV2 = z.strictObject({
  request_id: text,
  experiment_id: text,
  timestamp_ms: int64,
  execution_time_ms: int64.optional(),
  status: z.enum(['TRACE_STATUS_UNSPECIFIED', ...TRACE_STATES]),
  request_metadata: entries,
  tags: z.array(Entry),
});
const OneTraceV2 = z.strictObject({ trace_info: TraceInfoV2 });
const TracesDeleted = z.strictObject({ traces_deleted: int64 });

const Workspace = z.strictObject({ name: text });

const ANSWERS: { readonly [operationId: string]: z.ZodType } = {
  getServerInfo: z.looseObject({ store_type: text, workspaces_enabled: z.boolean() }),
  listWorkspaces: z.strictObject({ workspaces: z.array(Workspace).optional() }),
  getWorkspace: z.strictObject({ workspace: Workspace }),
  graphql: z.strictObject({ data: z.looseObject({}) }),
  createExperiment: z.strictObject({ experiment_id: text }),
  getExperiment: z.strictObject({ experiment: Experiment }),
  getExperimentByName: z.strictObject({ experiment: Experiment }),
  searchExperiments: z.strictObject({ experiments: z.array(Experiment).optional(), ...token }),
  searchExperimentsByQuery: z.strictObject({
    experiments: z.array(Experiment).optional(),
    ...token,
  }),
  searchDatasets: z.strictObject({ dataset_summaries: z.array(DatasetSummary).optional() }),
  createRun: z.strictObject({ run: Run }),
  getRun: z.strictObject({ run: Run }),
  updateRun: z.strictObject({ run_info: RunInfo }),
  heartbeat: z.strictObject({ run_info: RunInfo }),
  searchRuns: z.strictObject({ runs: z.array(Run).optional(), ...token }),
  getMetricHistory: z.strictObject({ metrics: z.array(Metric).optional(), ...token }),
  getMetricHistoryBulk: z.strictObject({ metrics: z.array(MetricOfRun).optional() }),
  getMetricHistoryBulkInterval: z.strictObject({ metrics: z.array(MetricOfRun).optional() }),
  getMetricSeries: z.strictObject({ series: z.array(SeriesOfRun), as_of: int64 }),
  listArtifacts: FileList,
  proxyListArtifacts: z.strictObject({ files: z.array(File).optional() }),
  createPresignedUploadUrl: z.strictObject({ presigned_url: text, headers }),
  createPresignedDownloadUrl: z.strictObject({ presigned_url: text, headers, file_size: int64 }),
  getPresignedDownloadUrl: z.strictObject({ url: text, headers, file_size: int64 }),
  createMultipartUpload: z.strictObject({
    upload_id: text,
    credentials: z.array(z.strictObject({ url: text, part_number: int64, headers })),
  }),
  createRegisteredModel: OneRegistered,
  getRegisteredModel: OneRegistered,
  updateRegisteredModel: OneRegistered,
  renameRegisteredModel: OneRegistered,
  searchRegisteredModels: z.strictObject({
    registered_models: z.array(RegisteredModel).optional(),
    ...token,
  }),
  getLatestVersions: Versions,
  postLatestVersions: Versions,
  searchModelVersions: Versions,
  getModelVersionByAlias: OneVersion,
  createRegisteredModelVersion: OneVersion,
  getRegisteredModelVersion: OneVersion,
  updateRegisteredModelVersion: OneVersion,
  transitionModelVersionStage: OneVersion,
  getModelVersionDownloadUri: z.strictObject({ artifact_uri: text }),
  createLoggedModel: OneLogged,
  getLoggedModel: OneLogged,
  finalizeLoggedModel: OneLogged,
  searchLoggedModels: z.strictObject({ models: z.array(LoggedModel).optional(), ...token }),
  listLoggedModelArtifacts: FileList,
  startTrace: OneTrace,
  getTraceInfo: OneTrace,
  getTrace: z.strictObject({
    trace: z.strictObject({ trace_info: TraceInfo, spans: spans.optional() }),
  }),
  batchGetTraces: z.strictObject({
    traces: z.array(z.strictObject({ trace_info: TraceInfo, spans })).optional(),
  }),
  batchGetTraceInfos: z.strictObject({ trace_infos: z.array(TraceInfo).optional() }),
  searchTraces: z.strictObject({ traces: z.array(TraceInfo).optional(), ...token }),
  deleteTraces: TracesDeleted,
  deleteTracesV2: TracesDeleted,
  createAssessment: OneAssessment,
  getAssessment: OneAssessment,
  updateAssessment: OneAssessment,
  startTraceV2: OneTraceV2,
  endTraceV2: OneTraceV2,
  getTraceInfoV2: OneTraceV2,
  searchTracesV2: z.strictObject({ traces: z.array(TraceInfoV2).optional(), ...token }),
};

/** Rows that answer with a file, or with an address where it is. */
const FILES: ReadonlySet<string> = new Set([
  'getVersion',
  'proxyDownloadArtifact',
  'proxyUploadArtifact',
  'getArtifact',
  'getArtifactPlain',
  'getModelVersionArtifact',
  'getLoggedModelArtifact',
  'getTraceArtifact',
  'getTraceArtifactV2',
  'exportSpans',
]);

/** Rows with what they answer: those of which nothing else is said answer with an empty object. */
export const withAnswers = (routes: readonly Route[]): readonly Route[] =>
  routes.map((row) =>
    FILES.has(row.operationId) ? row : { ...row, response: ANSWERS[row.operationId] ?? Nothing },
  );
