import { type Assessment, LOCATION_TAG, type Trace, traceUri } from '#domain/traces/index.ts';
import type { Entry } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { toExperimentId } from '../experiment-ids.ts';
import { parseJson } from '../json.ts';

/** Times as protobuf's JSON has them: with three digits behind the point, or without a point. */
const toTimestamp = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const toDuration = (time: number): string => {
  const [seconds, rest] = [Math.floor(time / 1000), time % 1000];
  return rest === 0 ? `${seconds}s` : `${seconds}.${String(rest).padStart(3, '0')}s`;
};

const toMap = (list: readonly Entry[]): { readonly [key: string]: string } =>
  Object.fromEntries(list.map(({ key, value }) => [key, value]));

const unlessEmpty = <T extends object>(name: string, value: T) =>
  Object.keys(value).length === 0 ? {} : { [name]: value };

/** What is no single value is JSON in a text. */
function toExpectation(text: string) {
  const value = parseJson(text);
  return typeof value === 'object'
    ? { serialized_value: { serialization_format: 'JSON_FORMAT', value: text } }
    : { value };
}

const toFeedback = ({ value, error }: Assessment) => ({
  value: parseJson(value),
  ...(error === undefined
    ? {}
    : {
        error: {
          error_code: error.code,
          error_message: error.message,
          ...(error.stackTrace === undefined ? {} : { stack_trace: error.stackTrace }),
        },
      }),
});

function valueFields(assessment: Assessment) {
  switch (assessment.kind) {
    case 'feedback':
      return { feedback: toFeedback(assessment) };
    case 'expectation':
      return { expectation: toExpectation(assessment.value) };
    default:
      return { issue: { issue_name: parseJson(assessment.value) } };
  }
}

export const toAssessment = (traceId: string, assessment: Assessment) => ({
  assessment_id: assessment.id,
  assessment_name: assessment.name,
  trace_id: traceId,
  ...(assessment.spanId === undefined ? {} : { span_id: assessment.spanId }),
  source: { source_type: assessment.source.type, source_id: assessment.source.id },
  create_time: toTimestamp(assessment.createdOn),
  last_update_time: toTimestamp(assessment.updatedOn),
  ...valueFields(assessment),
  ...(assessment.rationale === undefined ? {} : { rationale: assessment.rationale }),
  ...unlessEmpty('metadata', toMap(assessment.metadata)),
  ...(assessment.overrides === undefined ? {} : { overrides: assessment.overrides }),
  valid: assessment.valid,
});

/** The tags of a trace, with the one that tells clients where its files are. */
const tagsOf = (trace: Trace): readonly Entry[] => [
  ...trace.tags,
  { key: LOCATION_TAG, value: traceUri(trace) },
];

export const toTraceInfo = (ctx: Context, trace: Trace) => ({
  trace_id: trace.id,
  ...(trace.clientRequestId === undefined ? {} : { client_request_id: trace.clientRequestId }),
  trace_location: {
    type: 'MLFLOW_EXPERIMENT',
    mlflow_experiment: { experiment_id: toExperimentId(ctx, trace.experimentId) },
  },
  ...(trace.requestPreview === undefined ? {} : { request_preview: trace.requestPreview }),
  ...(trace.responsePreview === undefined ? {} : { response_preview: trace.responsePreview }),
  request_time: toTimestamp(trace.time),
  ...(trace.duration === undefined ? {} : { execution_duration: toDuration(trace.duration) }),
  state: trace.state,
  ...unlessEmpty('trace_metadata', toMap(trace.metadata)),
  tags: toMap(tagsOf(trace)),
  ...unlessEmpty(
    'assessments',
    trace.assessments.map((assessment) => toAssessment(trace.id, assessment)),
  ),
});

/** A trace as clients before version 3 know it. */
export const toTraceInfoV2 = (ctx: Context, trace: Trace) => ({
  request_id: trace.id,
  experiment_id: toExperimentId(ctx, trace.experimentId),
  timestamp_ms: trace.time,
  ...(trace.duration === undefined ? {} : { execution_time_ms: trace.duration }),
  status: trace.state === 'STATE_UNSPECIFIED' ? 'TRACE_STATUS_UNSPECIFIED' : trace.state,
  ...unlessEmpty('request_metadata', trace.metadata),
  tags: tagsOf(trace),
});
