import type { Client, Json } from '../../support/app.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import { experimentFixtures, measureFixtures } from './posthog-experiment-fixtures.ts';
import { at, made, newFlag, of, PROJECT, TWO_VARIANTS, tokenOf } from './posthog-things.ts';
import type { World } from './world.ts';

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
  deleteFeatureFlag: { params: of(newFlag) },
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
