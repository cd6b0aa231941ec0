/** Calls as the document shows them, each sent by a test; they tell of one small experiment. */
import { bodies, type Examples } from '#http/examples.ts';

const RUN = { run_id: '0123456789abcdef0123456789abcdef' };
const EXPERIMENT = { experiment_id: '7' };
const MODEL = { name: 'digits' };
const VERSION = { ...MODEL, version: '1' };
const TRACE_ID = 'tr-0123456789abcdef0123456789abcdef';
const tag = { key: 'team', value: 'vision' };
const points = [
  { key: 'loss', value: 0.31, timestamp: 1_767_225_600_000, step: 1 },
  { key: 'accuracy', value: 0.97, timestamp: 1_767_225_600_000, step: 1 },
];

const experiments = {
  createExperiment: { name: 'digits by hand', tags: [tag] },
  updateExperiment: { ...EXPERIMENT, new_name: 'digits by machine' },
  deleteExperiment: EXPERIMENT,
  restoreExperiment: EXPERIMENT,
  deleteExperimentPermanently: EXPERIMENT,
  setExperimentTag: { ...EXPERIMENT, ...tag },
  deleteExperimentTag: { ...EXPERIMENT, key: 'team' },
  searchExperiments: {
    filter: "name LIKE 'digits%'",
    order_by: ['last_update_time DESC'],
    max_results: 20,
  },
  searchDatasets: { experiment_ids: ['7'] },
};

const runs = {
  createRun: {
    ...EXPERIMENT,
    run_name: 'rate 0.1',
    start_time: 1_767_225_600_000,
    tags: [tag],
  },
  updateRun: { ...RUN, status: 'FINISHED', end_time: 1_767_225_660_000 },
  deleteRun: RUN,
  restoreRun: RUN,
  deleteRunPermanently: RUN,
  heartbeat: { ...RUN, timeout_seconds: 300 },
  lockRun: RUN,
  unlockRun: RUN,
  setTag: { ...RUN, ...tag },
  deleteTag: { ...RUN, key: 'team' },
  logMetric: { ...RUN, ...points[0] },
  logParam: { ...RUN, key: 'rate', value: '0.1' },
  logBatch: {
    ...RUN,
    metrics: points,
    params: [{ key: 'optimizer', value: 'adam' }],
    tags: [tag],
  },
  getMetricSeries: { run_ids: [RUN.run_id], metric_key: 'loss', max_points: 500 },
  logInputs: {
    ...RUN,
    datasets: [
      {
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
        dataset: { name: 'digits', digest: '5f2b', source_type: 'local', source: '{}' },
      },
    ],
  },
  logOutputs: { ...RUN, models: [{ model_id: 'm-1', step: 1 }] },
  logModel: {
    ...RUN,
    model_json: JSON.stringify({
      ...RUN,
      artifact_path: 'model',
      flavors: {},
      utc_time_created: '2026-01-02 03:04:05.678900',
    }),
  },
  searchRuns: {
    experiment_ids: ['7'],
    filter: "metrics.accuracy > 0.9 AND NOT params.rate = '0.9'",
    order_by: ['metrics.accuracy DESC'],
    max_results: 10,
  },
};

const registry = {
  createRegisteredModel: { ...MODEL, description: 'Tells digits apart.', tags: [tag] },
  updateRegisteredModel: { ...MODEL, description: 'Tells digits apart, mostly.' },
  renameRegisteredModel: { ...MODEL, new_name: 'digits, by hand' },
  deleteRegisteredModel: MODEL,
  postLatestVersions: { ...MODEL, stages: ['Staging'] },
  setRegisteredModelTag: { ...MODEL, ...tag },
  deleteRegisteredModelTag: { ...MODEL, key: 'team' },
  setRegisteredModelAlias: { ...VERSION, alias: 'champion' },
  deleteRegisteredModelAlias: { ...MODEL, alias: 'champion' },
  createRegisteredModelVersion: {
    ...MODEL,
    source: 's3://models/digits',
    description: 'After ten epochs.',
    tags: [tag],
  },
  updateRegisteredModelVersion: { ...VERSION, description: 'After twenty epochs.' },
  deleteRegisteredModelVersion: VERSION,
  transitionModelVersionStage: { ...VERSION, stage: 'Production', archive_existing_versions: true },
  setModelVersionTag: { ...VERSION, ...tag },
  deleteModelVersionTag: { ...VERSION, key: 'team' },
};

const loggedModels = {
  createLoggedModel: {
    ...EXPERIMENT,
    name: 'net',
    model_type: 'classifier',
    params: [{ key: 'layers', value: '3' }],
    tags: [tag],
  },
  finalizeLoggedModel: { status: 'LOGGED_MODEL_READY' },
  logLoggedModelParams: { params: [{ key: 'width', value: '64' }] },
  setLoggedModelTags: { tags: [tag] },
  searchLoggedModels: {
    experiment_ids: ['7'],
    filter: "name = 'net'",
    order_by: [{ field_name: 'creation_timestamp', ascending: false }],
    max_results: 10,
  },
};

const assessment = {
  assessment_name: 'correct',
  source: { source_type: 'HUMAN', source_id: 'dana' },
  feedback: { value: true },
  rationale: 'It says what the book says.',
};

const traces = {
  startTrace: {
    trace: {
      trace_info: {
        trace_id: TRACE_ID,
        trace_location: { mlflow_experiment: EXPERIMENT },
        request_time: '2026-01-02T03:04:05.678Z',
        execution_duration: '1.5s',
        state: 'OK',
        request_preview: 'why is the sky blue?',
        tags: { team: 'vision' },
      },
    },
  },
  batchGetTraceInfos: { trace_ids: [TRACE_ID] },
  searchTraces: {
    locations: [{ mlflow_experiment: EXPERIMENT }],
    filter: "trace.status = 'OK'",
    order_by: ['timestamp_ms DESC'],
    max_results: 10,
  },
  deleteTraces: { ...EXPERIMENT, request_ids: [TRACE_ID] },
  deleteTracesV2: { ...EXPERIMENT, request_ids: [TRACE_ID] },
  setTraceTag: tag,
  setTraceTagV2: tag,
  deleteTraceTag: { key: 'team' },
  deleteTraceTagV2: { key: 'team' },
  createAssessment: { assessment },
  updateAssessment: { assessment: { rationale: 'So it does.' }, update_mask: 'rationale' },
  startTraceV2: { ...EXPERIMENT, timestamp_ms: 1_767_225_600_000, tags: [tag] },
  endTraceV2: { timestamp_ms: 1_767_225_601_500, status: 'OK' },
  linkTracesToRun: { ...RUN, trace_ids: [TRACE_ID] },
  linkPromptsToTrace: {
    trace_id: TRACE_ID,
    prompt_versions: [{ name: 'greeting', version: '1' }],
  },
};

const files = {
  createPresignedUploadUrl: { ...RUN, path: 'plots/curve.png' },
  createPresignedDownloadUrl: { ...RUN, path: 'plots/curve.png' },
  createMultipartUpload: { path: 'weights.bin', num_parts: 2 },
  completeMultipartUpload: {
    path: 'weights.bin',
    upload_id: 'of the answer that began it',
    parts: [{ part_number: 1, etag: '"of the answer to its PUT"' }],
  },
  abortMultipartUpload: { path: 'weights.bin', upload_id: 'of the answer that began it' },
  graphql: { operationName: 'GetRun', variables: { data: { runId: RUN.run_id } } },
};

export const examples: Examples = bodies({
  ...experiments,
  ...runs,
  ...registry,
  ...loggedModels,
  ...traces,
  ...files,
});
