import type { Fixtures } from './fixture.ts';
import { resourceFixtures, snapshotOf } from './resource-fixtures.ts';
import { ofWorkflowJob } from './testbed-fixtures.ts';
import { newJob, type World } from './world.ts';

const ofJob = ({ job }: World) => ({ id: job });
const ofExperimentJob = ({ experiment, job }: World) => ({ id: experiment, jobId: job });
const ofNewJob = async (world: World) => ({ id: world.experiment, jobId: await newJob(world) });

/** A job that was started without our worker, so that it has no run yet. */
async function ofStartedJob(world: World) {
  const ids = await ofNewJob(world);
  const path = `/api/v1/experiments/${ids.id}/jobs/${ids.jobId}/status`;
  await world.owner.put(path, { status: 'started' });
  return ids;
}

async function ofFailedJob(world: World) {
  const ids = await ofNewJob(world);
  await world.owner.post(`/api/v1/jobs/${ids.jobId}/cancel`);
  return ids;
}

async function newRun({ owner, experiment }: World): Promise<string> {
  const body = { experiment_id: String(experiment), start_time: 1 };
  return (await owner.post('/api/2.0/mlflow/runs/create', body)).body.run.info.run_id;
}

export const jobFixtures: Fixtures = {
  ...resourceFixtures('Job', undefined, (world) => ({
    id: world.job,
    snapshotId: snapshotOf(world, `jobs/${world.job}`),
  })),
  deleteJob: { params: async (world) => ({ id: await newJob(world) }) },
  listExperimentJobs: { params: ({ experiment }) => ({ id: experiment }), empty: true },
  submitJob: {
    params: ({ experiment }) => ({ id: experiment }),
    body: ({ entrypoint, queue }) => ({ entrypoint, queue, values: { who: 'all' } }),
    refs: ({ entrypoint, queue }) => ({ entrypoint, queue }),
    missing: 400,
  },
  getExperimentJob: { params: ofExperimentJob },
  deleteExperimentJob: { params: ofNewJob },
  getExperimentJobStatus: { params: ofExperimentJob },
  reportJobStatus: { params: ofNewJob, body: () => ({ status: 'started' }) },
  getExperimentJobRun: { params: ofExperimentJob },
  setExperimentJobRun: {
    params: ofStartedJob,
    body: async (world) => ({ mlflowRunId: await newRun(world) }),
  },
  getJobStatus: { params: ofJob },
  getJobParameters: { params: ofJob },
  getJobArtifactParameters: { params: ofJob },
  getJobConfig: { params: ofJob },
  getJobWorkflow: { params: ofWorkflowJob, status: 302 },
  getJobWorkflowPluginsBundle: { params: ofWorkflowJob },
  getJobRun: { params: ofJob },
  setJobRun: {
    params: async (world) => ({ id: (await ofStartedJob(world)).jobId }),
    body: async (world) => ({ mlflowRunId: await newRun(world) }),
  },
  listJobMetrics: { params: ofJob },
  logJobMetric: { params: ofJob, body: () => ({ name: 'loss', value: 0.5 }) },
  listJobMetricHistory: { params: ({ job }) => ({ id: job, name: 'loss' }) },
  listJobLog: { params: ofJob },
  appendJobLog: {
    params: ofJob,
    body: () => ({ data: [{ severity: 'INFO', loggerName: 'test', message: 'hello' }] }),
  },
  listExperimentMetrics: { params: ({ experiment }) => ({ id: experiment }), empty: true },
  followJobLog: { params: ofJob },
  downloadJobLog: { params: ofJob },
  retryJob: { params: async (world) => ({ id: (await ofFailedJob(world)).jobId }) },
  retryExperimentJob: { params: ofFailedJob },
  reportJobProgress: {
    params: async (world) => ({ id: (await ofStartedJob(world)).jobId }),
    body: () => ({ fraction: 0.5, message: 'half of it' }),
  },
  reportExperimentJobProgress: { params: ofStartedJob, body: () => ({ fraction: 1 }) },
};
