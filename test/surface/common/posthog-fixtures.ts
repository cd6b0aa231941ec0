import { type Answer, type Client, type Json, READER, type TestGroup } from '../../support/app.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import type { World } from './world.ts';

function made(answer: Answer): Json {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

const at = ({ group }: World, path: string): string => `/api/projects/${group.id}/${path}`;
const make = async (world: World, path: string, body?: object): Promise<Json> =>
  made(await world.owner.post(at(world, path), body));

const PROJECT = ({ group }: World) => ({ project: group.id });
const named = ({ name }: World) => ({ name: name() });
/** A path with the id of something that is made for the call. */
const of =
  (thing: (world: World) => Promise<Json>): NonNullable<Fixture['params']> =>
  async (world) => ({ project: world.group.id, id: (await thing(world)).id });

const tokenOf = async (world: World): Promise<string> =>
  made(await world.owner.get(at(world, ''))).api_token;

const PAID = {
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  source: { kind: 'EventsNode', event: 'paid' },
};
const TWO_VARIANTS = {
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
};
const HELD_OUT = [{ properties: [], rollout_percentage: 10 }];

const newFlag = (world: World, more: object = {}) =>
  make(world, 'feature_flags', { key: world.name(), ...more });
const newHoldout = (world: World) =>
  make(world, 'experiment_holdouts', { name: world.name(), filters: HELD_OUT });
const newSavedMetric = (world: World) =>
  make(world, 'experiment_saved_metrics', { name: world.name(), query: PAID });
const wholeExperiment = ({ name }: World) => ({ name: name(), feature_flag_key: name() });

/** The newest experiment of a world, for bodies that have to name its flag. */
const newest = new WeakMap<World, Json>();
async function newExperiment(world: World, more: object = {}): Promise<Json> {
  const experiment = await make(world, 'experiments', { ...wholeExperiment(world), ...more });
  newest.set(world, experiment);
  return experiment;
}

/** An experiment that went through some steps of its life. */
const after =
  (...steps: readonly string[]) =>
  async (world: World): Promise<Json> => {
    const experiment = await newExperiment(world);
    for (const step of steps) await make(world, `experiments/${experiment.id}/${step}`);
    return experiment;
  };
const stepFixture = (...steps: readonly string[]): Fixture => ({ params: of(after(...steps)) });

const groups = new WeakMap<World, Promise<TestGroup>>();
async function newOtherGroup({ app, owner, reader }: World): Promise<TestGroup> {
  const group = await app.newGroup(owner);
  await app.join(reader, group, READER);
  return group;
}
/** Another group of the same people, that copies go to. */
function otherGroup(world: World): Promise<TestGroup> {
  const group = groups.get(world) ?? newOtherGroup(world);
  groups.set(world, group);
  return group;
}

/** A metric of a running experiment, as it is shown. */
async function shownMetric(world: World) {
  const fields = { metrics: [PAID], allow_unknown_events: true };
  const { id } = await newExperiment(world, fields);
  const { metrics } = await make(world, `experiments/${id}/launch`);
  return { id, metric: metrics[0] };
}
const series = new WeakMap<World, ReturnType<typeof shownMetric>>();
function newSeries(world: World): ReturnType<typeof shownMetric> {
  const begun = shownMetric(world);
  series.set(world, begun);
  return begun;
}

/** A change that somebody else has asked for, where the owner has to approve it. */
async function waitingChange(world: World, asker: Client): Promise<Json> {
  const { id } = await newFlag(world);
  const wait = { approver_config: { users: [world.owner.id] }, allow_self_approve: true };
  made(await world.owner.put(at(world, 'approval_policies'), wait));
  const answer = await asker.call('PATCH', at(world, `feature_flags/${id}`), { active: false });
  // What else is tried in this world is to need no approval.
  await world.owner.delete(at(world, 'approval_policies'));
  if (answer.status !== 409) throw new Error(answer.text);
  return answer.body.change_request;
}
const ownChange = (world: World) => waitingChange(world, world.owner);

/** A policy that is off, so that other calls of its world need no approval. */
const noApproval = ({ owner }: World) => ({
  approver_config: { users: [owner.id] },
  enabled: false,
});

const keyFixtures: Fixtures = {
  getOpenApiDocument: {},
  getMe: { own: true },
  listPersonalApiKeys: { own: true },
  createPersonalApiKey: {
    own: true,
    body: ({ name }) => ({ label: name(), scopes: ['experiment:read', 'feature_flag:write'] }),
  },
  revokePersonalApiKey: {
    params: async ({ owner }) => ({
      keyId: made(
        await owner.post('/api/personal_api_keys', { label: 'gone', scopes: ['user:read'] }),
      ).id,
    }),
  },
  listProjects: { own: true },
  getProject: { params: PROJECT },
  changeProject: {
    managers: true,
    params: PROJECT,
    body: () => ({ timezone: 'Europe/Berlin', test_account_filters: [{ key: 'email' }] }),
  },
  resetProjectToken: { managers: true, params: PROJECT },
};

const flagFixtures: Fixtures = {
  listFeatureFlags: { params: PROJECT },
  createFeatureFlag: {
    params: PROJECT,
    body: ({ name }) => ({ key: name(), name: 'of a test', filters: TWO_VARIANTS }),
  },
  getFeatureFlag: { params: of(newFlag) },
  changeFeatureFlag: { params: of(newFlag), body: () => ({ active: false, tags: ['a'] }) },
  replaceFeatureFlag: { params: of(newFlag), body: ({ name }) => ({ key: name() }) },
  deleteFeatureFlag: { params: of(newFlag), status: 405 },
  getRemoteConfig: {
    params: async (world) => {
      const filters = { groups: [{ properties: [] }], payloads: { true: '{"a":1}' } };
      const { key } = await newFlag(world, { is_remote_configuration: true, filters });
      return { project: world.group.id, flag: key };
    },
  },
  getEvaluationReasons: { params: PROJECT, query: () => 'distinct_id=ann' },
  getProjectLocalEvaluation: { params: PROJECT },
  listGroupTypes: { params: PROJECT },
  setGroupTypes: { params: PROJECT, body: () => [{ group_type: 'company' }] },
  listApprovalPolicies: { params: PROJECT },
  setApprovalPolicy: { managers: true, params: PROJECT, body: noApproval },
  removeApprovalPolicy: {
    managers: true,
    params: async (world) => {
      made(await world.owner.put(at(world, 'approval_policies'), noApproval(world)));
      return PROJECT(world);
    },
  },
  listChangeRequests: { params: PROJECT },
  getChangeRequest: { params: of(ownChange) },
  approveChangeRequest: { params: of(ownChange), body: () => ({ reason: 'fine' }) },
  rejectChangeRequest: { params: of(ownChange), body: () => ({ reason: 'no' }) },
  cancelChangeRequest: { params: of(ownChange) },
};

const experimentFixtures: Fixtures = {
  listEligibleFeatureFlags: { params: PROJECT },
  planRunningTime: { params: PROJECT, query: () => 'metric_type=count&baseline=2' },
  getExperimentStats: { params: PROJECT },
  requiresFlagImplementation: { params: PROJECT },
  listProjectExperiments: { params: PROJECT },
  createProjectExperiment: {
    params: PROJECT,
    body: async (world) => ({
      ...wholeExperiment(world),
      holdout_id: (await newHoldout(world)).id,
      saved_metrics_ids: [{ id: (await newSavedMetric(world)).id }],
    }),
  },
  getProjectExperiment: { params: of(newExperiment) },
  changeProjectExperiment: { params: of(newExperiment), body: named },
  replaceProjectExperiment: {
    params: of(newExperiment),
    body: (world) => {
      const { name, feature_flag_key } = { ...wholeExperiment(world), ...newest.get(world) };
      return { name, feature_flag_key };
    },
  },
  deleteProjectExperiment: { params: of(newExperiment), status: 405 },
  launchExperiment: stepFixture(),
  pauseExperiment: stepFixture('launch'),
  resumeExperiment: stepFixture('launch', 'pause'),
  resetExperiment: stepFixture('launch'),
  archiveExperiment: stepFixture('launch', 'end'),
  unarchiveExperiment: stepFixture('launch', 'end', 'archive'),
  endExperiment: { ...stepFixture('launch'), body: () => ({ conclusion: 'won' }) },
  shipExperimentVariant: { ...stepFixture('launch'), body: () => ({ variant_key: 'test' }) },
  duplicateExperiment: { ...stepFixture(), body: named },
  copyExperimentToProject: {
    ...stepFixture(),
    body: async (world) => ({
      target_team_id: (await otherGroup(world)).id,
      feature_flag_key: world.name(),
    }),
  },
  createExposureCohort: stepFixture('launch'),
  getExperimentTimeseries: {
    params: of(newSeries),
    query: async (world) => {
      const { metric } = (await series.get(world)) ?? {};
      return `metric_uuid=${metric?.uuid}&fingerprint=${metric?.fingerprint}`;
    },
  },
  recalculateExperimentTimeseries: {
    params: of(newSeries),
    body: async (world) => {
      const { metric } = (await series.get(world)) ?? (await newSeries(world));
      return { metric, fingerprint: metric.fingerprint };
    },
  },
  queryProject: {
    params: PROJECT,
    body: async (world) => ({
      query: { kind: 'ExperimentQuery', experiment_id: (await newSeries(world)).id, metric: PAID },
    }),
  },
};

const measureFixtures: Fixtures = {
  listExperimentHoldouts: { params: PROJECT },
  createExperimentHoldout: {
    params: PROJECT,
    body: ({ name }) => ({ name: name(), filters: HELD_OUT }),
  },
  getExperimentHoldout: { params: of(newHoldout) },
  changeExperimentHoldout: { params: of(newHoldout), body: named },
  replaceExperimentHoldout: {
    params: of(newHoldout),
    body: ({ name }) => ({ name: name(), filters: HELD_OUT }),
  },
  deleteExperimentHoldout: { params: of(newHoldout) },
  listExperimentSavedMetrics: { params: PROJECT },
  createExperimentSavedMetric: {
    params: PROJECT,
    body: ({ name }) => ({ name: name(), query: PAID, tags: ['money'] }),
  },
  getExperimentSavedMetric: { params: of(newSavedMetric) },
  changeExperimentSavedMetric: { params: of(newSavedMetric), body: named },
  replaceExperimentSavedMetric: {
    params: of(newSavedMetric),
    body: ({ name }) => ({ name: name(), query: PAID }),
  },
  deleteExperimentSavedMetric: { params: of(newSavedMetric) },
};

const anonymous: Pick<Fixture, 'as'> = { as: async ({ app }) => app.client() };
const withToken: Fixture['query'] = async (world) => `token=${await tokenOf(world)}`;
const asked = async (world: World) => ({ token: await tokenOf(world), distinct_id: 'ann' });
const sent = async (world: World) => ({
  api_key: await tokenOf(world),
  event: 'paid',
  distinct_id: 'ann',
  properties: {},
});
const captured: Fixture = { ...anonymous, body: sent };

const publicFixtures: Fixtures = {
  getFlagDefinitions: { query: withToken },
  getLocalEvaluation: { query: withToken },
  getProjectConfig: { ...anonymous, params: async (world) => ({ token: await tokenOf(world) }) },
  getExtensionScript: { params: () => ({ file: 'surveys.js' }) },
  getProjectConfigScript: {
    ...anonymous,
    params: async (world) => ({ token: await tokenOf(world) }),
  },
  evaluateFlags: { ...anonymous, query: () => 'v=2', body: asked },
  evaluateFlagsOfAddress: {
    ...anonymous,
    query: async (world) => `v=2&distinct_id=ann&token=${await tokenOf(world)}`,
  },
  decide: { ...anonymous, query: () => 'v=3', body: asked },
  decideOfAddress: {
    ...anonymous,
    query: async (world) => `v=3&distinct_id=ann&token=${await tokenOf(world)}`,
  },
  batch: {
    ...anonymous,
    body: async (world) => {
      const { api_key, ...event } = await sent(world);
      return { api_key, batch: [event] };
    },
  },
  capture: captured,
  captureShort: captured,
  captureV0: captured,
  captureTrack: captured,
  captureEngage: captured,
};

/** How to call each route of PostHog's API. A route that is missing here fails a test. */
export const posthogFixtures: Fixtures = {
  ...keyFixtures,
  ...flagFixtures,
  ...experimentFixtures,
  ...measureFixtures,
  ...publicFixtures,
};
