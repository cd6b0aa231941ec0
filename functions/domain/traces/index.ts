export {
  type AssessmentChange,
  createAssessment,
  deleteAssessment,
  getAssessment,
  updateAssessment,
} from './assessments.ts';
export { deleteTraces } from './delete-traces.ts';
export { endTrace } from './end-trace.ts';
export { getTrace, getTraces } from './get-traces.ts';
export { linkPrompts, linkTracesToRun } from './links.ts';
export type { NewAssessment } from './new-assessment.ts';
export {
  type Assessment,
  LOCATION_TAG,
  TRACE_STATES,
  type Trace,
  type TraceState,
  uri as traceUri,
} from './schemas.ts';
export { traceFiles, traceHome } from './scope.ts';
export { searchTraces } from './search-later.ts';
export { readSpans, signTraceFile } from './spans.ts';
export { type NewTrace, startTrace } from './start-trace.ts';
export { deleteTraceTag, setTraceTag } from './tags.ts';
