import { artifactKey } from '#domain/tracking/index.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import { identityFixtures } from './identity-fixtures.ts';
import { followFixtures, modelFixtures } from './models-fixtures.ts';
import { mountFixtures } from './mount-fixtures.ts';
import { swapFixtures } from './swap-fixtures.ts';
import { trailFixtures } from './trail-fixtures.ts';
import { workflows } from './workflow-fixtures.ts';
import { entrypointBody, fileBody, newArtifact, newJob, post, type World } from './world.ts';

type Kind = 'queues' | 'experiments' | 'plugins' | 'pluginParameterTypes';

const named = ({ name }: World) => ({ name: name() });
const grouped = (world: World) => ({ ...named(world), group: world.group.id });
const inGroup = ({ group }: World) => ({ group: group.id });

/** A new one of a kind, for calls that change or delete it. */
const fresh = (kind: Kind) => async (world: World) => {
  return { id: (await post(world.owner, `/${kind}`, grouped(world))).id };
};

/** List, get, delete, snapshots: of what the world has, and of new ones to delete. */
const resource = (
  title: string,
  kind: Kind | undefined,
  kept: (world: World) => { readonly id: number; readonly snapshotId: number | Promise<number> },
): Fixtures => ({
  [`list${title}s`]: {},
  [`get${title}`]: { params: (world) => ({ id: kept(world).id }) },
  [`list${title}Snapshots`]: { params: (world) => ({ id: kept(world).id }) },
  [`get${title}Snapshot`]: {
    params: async (world) => ({ id: kept(world).id, snapshotId: await kept(world).snapshotId }),
  },
  ...(kind === undefined ? {} : { [`delete${title}`]: { params: fresh(kind) } }),
});

/** The number of the newest snapshot of a resource. */
const snapshotOf = async ({ owner }: World, path: string): Promise<number> =>
  (await owner.get(`/api/v1/${path}`)).body.snapshot;

const ofAdministrators: Fixtures = {
  listInvitations: { administrators: true },
  listWorkerTokens: { administrators: true },
  createWorkerToken: { administrators: true, body: () => ({ pool: 'default', name: 'mine' }) },
  revokeWorkerToken: {
    administrators: true,
    params: async ({ owner }) => ({
      workerTokenId: (await post(owner, '/workerTokens', { pool: 'default' })).id,
    }),
  },
  createInvitation: { administrators: true, body: () => ({ days: 1 }) },
  revokeInvitation: {
    administrators: true,
    params: async ({ owner }) => ({ invitationId: (await post(owner, '/invitations', {})).id }),
  },
};

const links: Fixtures = {
  listExperimentEntrypoints: { params: ({ experiment }) => ({ id: experiment }) },
  addExperimentEntrypoints: {
    params: fresh('experiments'),
    body: ({ entrypoint }) => ({ ids: [entrypoint] }),
    refs: ({ entrypoint }) => ({ 'ids.0': entrypoint }),
  },
  setExperimentEntrypoints: {
    params: fresh('experiments'),
    body: ({ entrypoint }) => ({ ids: [entrypoint] }),
    refs: ({ entrypoint }) => ({ 'ids.0': entrypoint }),
  },
  clearExperimentEntrypoints: { params: fresh('experiments') },
  removeExperimentEntrypoint: {
    params: async (world) => {
      const body = { ...grouped(world), entrypoints: [world.entrypoint] };
      const { id } = await post(world.owner, '/experiments', body);
      return { id, entrypointId: world.entrypoint };
    },
  },
};

const plugins: Fixtures = {
  createPlugin: { body: grouped, refs: inGroup },
  changePlugin: { params: fresh('plugins'), body: named },
  getPluginFilesBundle: {
    params: ({ plugin, pluginSnapshot }) => ({ id: plugin, snapshotId: pluginSnapshot }),
  },
  listPluginFiles: { params: ({ plugin }) => ({ id: plugin }) },
  createPluginFile: {
    params: fresh('plugins'),
    body: ({ type }) => fileBody(type, 'more.py'),
    refs: ({ type }) => ({ 'tasks.functions.0.inputParams.0.parameterType': type }),
  },
  deletePluginFiles: { params: fresh('plugins') },
  getPluginFile: { params: ({ plugin, file }) => ({ id: plugin, fileId: file }) },
  changePluginFile: {
    params: async (world) => newFile(world),
    body: ({ type }) => fileBody(type, 'changed.py'),
    refs: ({ type }) => ({ 'tasks.functions.0.outputParams.0.parameterType': type }),
  },
  deletePluginFile: { params: async (world) => newFile(world) },
  listPluginFileSnapshots: { params: ({ plugin, file }) => ({ id: plugin, fileId: file }) },
  getPluginFileSnapshot: {
    params: async (world) => {
      const { plugin, file } = world;
      const snapshotId = await snapshotOf(world, `plugins/${plugin}/files/${file}`);
      return { id: plugin, fileId: file, snapshotId };
    },
  },
};

async function newFile(world: World) {
  const { id } = await fresh('plugins')(world);
  const file = await post(world.owner, `/plugins/${id}/files`, fileBody(world.type, 'one.py'));
  return { id, fileId: file.id };
}

const boundFixtures = (title: string, list: 'plugins' | 'artifactPlugins'): Fixtures => {
  const pluginOf = ({ plugin, artifactPlugin }: World) =>
    list === 'plugins' ? plugin : artifactPlugin;
  const bound = (world: World) => ({ id: world.entrypoint, pluginId: pluginOf(world) });
  return {
    [`listEntrypoint${title}s`]: { params: ({ entrypoint }) => ({ id: entrypoint }) },
    [`getEntrypoint${title}`]: { params: bound },
    [`removeEntrypoint${title}`]: {
      params: async (world) => {
        const { id: spare } = await fresh('plugins')(world);
        const plugins = list === 'plugins' ? [world.plugin, spare] : [world.plugin];
        const artifactPlugins = list === 'plugins' ? [] : [spare];
        return { id: await newEntrypoint(world, { plugins, artifactPlugins }), pluginId: spare };
      },
    },
    [`addEntrypoint${title}s`]: {
      params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
      body: async (world) => {
        const { id } = await fresh('plugins')(world);
        return { [list]: [id] };
      },
      refs: (world) => ({ [`${list}.0`]: pluginOf(world) }),
    },
    [`getEntrypoint${title}sBundle`]: {
      params: ({ entrypoint, entrypointSnapshot }) => ({
        id: entrypoint,
        snapshotId: entrypointSnapshot,
      }),
    },
  };
};

const newEntrypoint = async (world: World, more: object): Promise<number> =>
  (
    await post(world.owner, '/entrypoints', {
      ...entrypointBody(world.name()),
      group: world.group.id,
      ...more,
    })
  ).id;

const queueLinks: Fixture = {
  params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  body: ({ queue }) => ({ ids: [queue] }),
  refs: ({ queue }) => ({ 'ids.0': queue }),
};

const entrypoints: Fixtures = {
  deleteEntrypoint: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  },
  createEntrypoint: {
    body: (world) => ({
      ...entrypointBody(world.name()),
      group: world.group.id,
      plugins: [world.plugin],
      artifactPlugins: [world.artifactPlugin],
      queues: [world.queue],
    }),
    refs: ({ group, plugin, artifactPlugin, queue }) => ({
      group: group.id,
      'plugins.0': plugin,
      'artifactPlugins.0': artifactPlugin,
      'queues.0': queue,
    }),
  },
  changeEntrypoint: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
    body: (world) => ({
      ...entrypointBody(world.name()),
      pluginSnapshotIds: [world.pluginSnapshot],
      artifactPluginSnapshotIds: [],
      queues: [world.queue],
    }),
    refs: ({ pluginSnapshot, queue }) => ({
      'pluginSnapshotIds.0': pluginSnapshot,
      'queues.0': queue,
    }),
  },
  listEntrypointQueues: { params: ({ entrypoint }) => ({ id: entrypoint }) },
  addEntrypointQueues: queueLinks,
  setEntrypointQueues: queueLinks,
  clearEntrypointQueues: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  },
  removeEntrypointQueue: {
    params: async (world) => {
      const lists = { plugins: [world.plugin], queues: [world.queue] };
      return { id: await newEntrypoint(world, lists), queueId: world.queue };
    },
  },
  listEntrypointSnapshotArtifactPlugins: {
    params: ({ entrypoint, entrypointSnapshot }) => ({
      id: entrypoint,
      snapshotId: entrypointSnapshot,
    }),
  },
  getEntrypointConfig: {
    params: ({ entrypoint, entrypointSnapshot }) => ({
      id: entrypoint,
      snapshotId: entrypointSnapshot,
    }),
  },
};

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

async function newRun({ owner, experiment }: World): Promise<string> {
  const body = { experiment_id: String(experiment), start_time: 1 };
  return (await owner.post('/api/2.0/mlflow/runs/create', body)).body.run.info.run_id;
}

const jobs: Fixtures = {
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
};

const artifacts: Fixtures = {
  createArtifact: {
    body: async (world) => {
      const path = world.name();
      await world.app.platform.blobs.put(artifactKey(world.claim.runId, path), 'x');
      const artifactUri = `mlflow-artifacts:/${world.experiment}/${world.claim.runId}/artifacts/${path}`;
      return { group: world.group.id, job: world.job, artifactUri };
    },
    refs: ({ job }) => ({ job }),
  },
  changeArtifact: {
    params: async ({ app, claim }) => ({ id: await newArtifact(app, claim) }),
    body: () => ({ description: 'changed' }),
  },
  listArtifactFiles: { params: ({ artifact }) => ({ id: artifact }) },
  getArtifactContents: { params: ({ artifact }) => ({ id: artifact }), status: 302 },
  getArtifactSnapshotContents: {
    params: async (world) => ({
      id: world.artifact,
      snapshotId: await snapshotOf(world, `artifacts/${world.artifact}`),
    }),
    status: 302,
  },
};

/** How to call each route of the v1 API. A route that is missing here fails a test. */
export const dioptraFixtures: Fixtures = {
  ...trailFixtures,
  ...mountFixtures,
  getOpenApiDocument: {},
  ...identityFixtures,
  ...ofAdministrators,
  ...resource('Queue', 'queues', (world) => ({
    id: world.queue,
    snapshotId: snapshotOf(world, `queues/${world.queue}`),
  })),
  createQueue: { body: grouped, refs: inGroup },
  changeQueue: { params: fresh('queues'), body: named },
  ...resource('Experiment', 'experiments', (world) => ({
    id: world.experiment,
    snapshotId: snapshotOf(world, `experiments/${world.experiment}`),
  })),
  createExperiment: {
    body: (world) => ({ ...grouped(world), entrypoints: [world.entrypoint] }),
    refs: ({ group, entrypoint }) => ({ group: group.id, 'entrypoints.0': entrypoint }),
  },
  changeExperiment: {
    params: fresh('experiments'),
    body: (world) => ({ ...named(world), entrypoints: [world.entrypoint] }),
    refs: ({ entrypoint }) => ({ 'entrypoints.0': entrypoint }),
  },
  ...links,
  ...resource('PluginParameterType', 'pluginParameterTypes', (world) => ({
    id: world.type,
    snapshotId: snapshotOf(world, `pluginParameterTypes/${world.type}`),
  })),
  createPluginParameterType: { body: grouped, refs: inGroup },
  changePluginParameterType: { params: fresh('pluginParameterTypes'), body: named },
  ...resource('Plugin', 'plugins', (world) => ({
    id: world.plugin,
    snapshotId: world.pluginSnapshot,
  })),
  ...plugins,
  ...resource('Entrypoint', undefined, (world) => ({
    id: world.entrypoint,
    snapshotId: world.entrypointSnapshot,
  })),
  ...entrypoints,
  ...swapFixtures,
  ...boundFixtures('Plugin', 'plugins'),
  ...boundFixtures('ArtifactPlugin', 'artifactPlugins'),
  ...resource('Job', undefined, (world) => ({
    id: world.job,
    snapshotId: snapshotOf(world, `jobs/${world.job}`),
  })),
  ...jobs,
  ...resource('Artifact', undefined, (world) => ({
    id: world.artifact,
    snapshotId: snapshotOf(world, `artifacts/${world.artifact}`),
  })),
  ...artifacts,
  ...followFixtures,
  ...modelFixtures,
  ...workflows,
};
