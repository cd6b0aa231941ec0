import { randomUUID } from 'node:crypto';
import type { Fixtures } from './fixture.ts';

import { expectOk, type World } from './world.ts';

export const runOf = ({ claim }: World): string => claim.runId;

const V3 = '/api/3.0/mlflow';
/** A trace of its own in the world's experiment. */
const newTrace = async (world: World): Promise<string> => {
  const trace_info = traceOf(world);
  expectOk(await world.owner.post(`${V3}/traces`, { trace: { trace_info } }));
  await world.app.platform.blobs.put(
    `runs/traces/${world.experiment}/${trace_info.trace_id}/artifacts/traces.json`,
    JSON.stringify({ spans: [] }),
  );
  return trace_info.trace_id;
};
const traceOf = ({ experiment }: World) => ({
  trace_id: `tr-${randomUUID().replaceAll('-', '')}`,
  trace_location: { mlflow_experiment: { experiment_id: `${experiment}` } },
  request_time: '2026-01-02T03:04:05.678Z',
  state: 'OK',
  tags: { a: 'b' },
});
const ofTrace = async (world: World) => ({ traceId: await newTrace(world) });
const feedback = {
  assessment_name: 'quality',
  source: { source_type: 'HUMAN', source_id: 'me' },
  feedback: { value: 0.5 },
};
const ofAssessment = async (world: World) => {
  const traceId = await newTrace(world);
  const path = `${V3}/traces/${traceId}/assessments`;
  const { assessment } = expectOk(await world.owner.post(path, { assessment: feedback }));
  return { traceId, id: assessment.assessment_id };
};
const someTraces = async (world: World) => ({ trace_ids: [await newTrace(world)] });

export const traceFixtures: Fixtures = {
  startTrace: { body: (world) => ({ trace: { trace_info: traceOf(world) } }) },
  getTraceInfo: { params: ofTrace },
  getTrace: { query: async (world) => `trace_id=${await newTrace(world)}` },
  batchGetTraces: { own: true, query: async (world) => `trace_ids=${await newTrace(world)}` },
  batchGetTraceInfos: { own: true, body: someTraces },
  searchTraces: {
    own: true,
    body: ({ experiment }) => ({
      locations: [{ mlflow_experiment: { experiment_id: `${experiment}` } }],
    }),
  },
  deleteTraces: {
    body: ({ experiment }) => ({ experiment_id: `${experiment}`, request_ids: ['x'] }),
  },
  setTraceTag: { params: ofTrace, body: () => ({ key: 'c', value: 'd' }) },
  deleteTraceTag: { params: ofTrace, body: () => ({ key: 'a' }) },
  createAssessment: { params: ofTrace, body: () => ({ assessment: feedback }) },
  getAssessment: { params: ofAssessment },
  updateAssessment: {
    params: ofAssessment,
    body: () => ({ assessment: { rationale: 'why' }, update_mask: 'rationale' }),
  },
  deleteAssessment: { params: ofAssessment },
  getTraceArtifact: { query: async (world) => `request_id=${await newTrace(world)}` },
  exportSpans: { own: true, status: 501 },
  startTraceV2: { body: ({ experiment }) => ({ experiment_id: `${experiment}`, timestamp_ms: 5 }) },
  searchTracesV2: { own: true, query: ({ experiment }) => `experiment_ids=${experiment}` },
  linkTracesToRun: {
    body: async (world) => ({ run_id: runOf(world), ...(await someTraces(world)) }),
  },
  linkPromptsToTrace: {
    body: async (world) => ({
      trace_id: await newTrace(world),
      prompt_versions: [{ name: 'p', version: '1' }],
    }),
  },
  deleteTracesV2: {
    body: ({ experiment }) => ({ experiment_id: `${experiment}`, request_ids: ['x'] }),
  },
  setTraceTagV2: { params: ofTrace, body: () => ({ key: 'c', value: 'd' }) },
  deleteTraceTagV2: { params: ofTrace, body: () => ({ key: 'a' }) },
  endTraceV2: { params: ofTrace, body: () => ({ timestamp_ms: 9, status: 'OK' }) },
  getTraceInfoV2: { params: ofTrace },
  getTraceArtifactV2: { query: async (world) => `request_id=${await newTrace(world)}` },
};
