import { jobIdOf, jobUuid } from '#surfaces/testbed/names.ts';
import { archiveOf, formData, PROJECT } from '../testbed/workbench.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import { expectOk, newJob, type World } from './world.ts';

/** The caller is in the group `public`, too, where what is new would go. */
const within = ({ group }: World): string => `group=${group.id}`;
const archive = { name: 'w.tar.gz', bytes: archiveOf(PROJECT) };

const named = ({ name }: World) => ({ name: name() });
const v1 = async ({ owner }: World, path: string) => expectOk(await owner.get(`/api/v1${path}`));

async function fresh(world: World, kind: 'experiments' | 'queues' | 'plugins') {
  const body = { group: world.group.id, name: world.name() };
  return expectOk(await world.owner.post(`/api/v1/${kind}`, body));
}
const nameOf = async (world: World, kind: string, id: number): Promise<string> =>
  (await v1(world, `/${kind}/${id}`)).name;

/** By id and by name: what is looked at, and what may be spoilt. */
function oneFixtures(
  title: 'Experiment' | 'Queue',
  kind: 'experiments' | 'queues',
  own: (world: World) => number,
): Fixtures {
  const idField = `${title.toLowerCase()}Id`;
  const nameField = `${title.toLowerCase()}Name`;
  const byId: Fixture = { params: async (world) => ({ [idField]: own(world) }) };
  const byName: Fixture = {
    params: async (world) => ({ [nameField]: await nameOf(world, kind, own(world)) }),
  };
  const freshId: Fixture = {
    params: async (world) => ({ [idField]: (await fresh(world, kind)).id }),
  };
  const freshName: Fixture = {
    params: async (world) => ({ [nameField]: (await fresh(world, kind)).name }),
  };
  return {
    [`get${title}`]: byId,
    [`get${title}ByName`]: byName,
    [`rename${title}`]: { ...freshId, body: named },
    [`rename${title}ByName`]: { ...freshName, body: named },
    [`delete${title}`]: freshId,
    [`delete${title}ByName`]: freshName,
  };
}

const freshQueue = async (world: World) => ({ queueId: (await fresh(world, 'queues')).id });
const freshQueueName = async (world: World) => ({ queueName: (await fresh(world, 'queues')).name });

const ofJob = ({ job }: World) => ({ jobId: jobUuid(job) });
const ofNewJob = async (world: World) => ({ jobId: jobUuid(await newJob(world)) });
async function ofFailedJob(world: World) {
  const id = await newJob(world);
  await world.owner.post(`/api/v1/jobs/${id}/cancel`);
  return { jobId: jobUuid(id) };
}

/** UUID of a job of an archive, which alone can be had again. */
async function newWorkflowJob(world: World): Promise<string> {
  const answer = await world.owner.call('POST', `/api/job?${within(world)}`, await jobForm(world));
  return expectOk(answer).jobId;
}
const ofWorkflow = async (world: World) => ({ jobId: await newWorkflowJob(world) });

/** The same for the v1 API, which knows its number. */
export const ofWorkflowJob = async (world: World) => ({
  id: jobIdOf(await newWorkflowJob(world)) ?? 0,
});

const jobForm = async (world: World) =>
  formData({
    experiment_name: await nameOf(world, 'experiments', world.experiment),
    queue: await nameOf(world, 'queues', world.queue),
    entry_point: 'plain',
    workflow: archive,
  });

const all: Fixtures = {
  getOpenApiDocument: {},
  listExperiments: {},
  registerExperiment: { body: named },
  ...oneFixtures('Experiment', 'experiments', ({ experiment }) => experiment),
  listQueues: {},
  registerQueue: { body: named },
  ...oneFixtures('Queue', 'queues', ({ queue }) => queue),
  lockQueue: { params: freshQueue },
  unlockQueue: { params: freshQueue },
  lockQueueByName: { params: freshQueueName },
  unlockQueueByName: { params: freshQueueName },
  listJobs: {},
  submitJob: { body: jobForm },
  uploadWorkflow: { body: () => ({ filename: 'w.zip', size: 10 }) },
  getJob: { params: ofJob },
  cancelJob: { params: ofNewJob },
  retryJob: { params: ofFailedJob },
  reportJobProgress: { params: ofJob, body: () => ({ fraction: 0.5 }) },
  deleteJob: { params: ofNewJob },
  followJobLog: { params: ofJob },
  downloadJobLog: { params: ofJob },
  downloadWorkflow: { params: ofWorkflow, status: 302 },
  listTaskPlugins: {},
  registerTaskPlugin: {
    body: ({ name }) =>
      formData({
        task_plugin_name: name(),
        task_plugin_file: { name: 'p.tgz', bytes: archiveOf({ 'p/a.py': '' }) },
        collection: 'dioptra_custom',
      }),
  },
  listBuiltinTaskPlugins: {},
  getBuiltinTaskPlugin: { params: () => ({ taskPluginName: 'tracking' }) },
  listCustomTaskPlugins: {},
  getCustomTaskPlugin: {
    params: async (world) => ({ taskPluginName: await nameOf(world, 'plugins', world.plugin) }),
  },
  deleteCustomTaskPlugin: {
    params: async (world) => ({ taskPluginName: (await fresh(world, 'plugins')).name }),
  },
  listUsers: {},
  registerUser: {
    own: true,
    body: ({ name }) => {
      const username = name();
      const password = 'a pass word';
      const email = { email_address: `${username}@example.org` };
      return { username, password, password_confirm: password, ...email };
    },
  },
  getUser: { params: ({ reader }) => ({ userId: reader.id }) },
  getUserByName: { params: ({ reader }) => ({ username: reader.username }) },
  // Who administers the deployment does so by the group `public`.
  deleteUser: {
    query: () => '',
    params: async ({ app }) => ({ userId: (await app.newUser()).id }),
  },
};

/** How to call each route of the Testbed API. A route that is missing here fails a test. */
export const testbedFixtures: Fixtures = Object.fromEntries(
  Object.entries(all).map(([id, fixture]) => [id, { query: within, ...fixture }]),
);
