/** Answers are what their routes declare, without a member more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '#http/route.ts';
import { posthogRoutes } from '#surfaces/posthog/parts.ts';
import { type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';

let app: TestApp;
let owner: TestUser;
let asker: TestUser;
let base: string;
let token: string;
let routes: ReadonlyMap<string, Route>;
const known: { flag: number; change: number } = { flag: 0, change: 0 };

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  [owner, asker] = [await app.newUser(), await app.newUser()];
  const group = await app.newGroup(owner);
  await app.join(asker, group, { read: true, write: true });
  base = `/api/projects/${group.id}`;
  token = (await owner.get(base)).body.api_token;
  routes = new Map((await posthogRoutes()).map((route) => [route.operationId, route]));
  const filters = {
    groups: [{ properties: [], rollout_percentage: 100 }],
    payloads: { true: '{}' },
  };
  const config = { key: 'config', is_remote_configuration: true, filters };
  known.flag = (await owner.post(`${base}/feature_flags`, config)).body.id;
  await owner.put(`${base}/approval_policies`, { approver_config: { users: [owner.id] } });
  const waits = await asker.call('PATCH', `${base}/feature_flags/${known.flag}`, { name: 'x' });
  known.change = waits.body.change_request_id;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

type Call = () => readonly [method: string, path: string, body?: object];

const calls: readonly (readonly [operation: string, call: Call])[] = [
  ['listFeatureFlags', () => ['GET', `${base}/feature_flags`]],
  ['createFeatureFlag', () => ['POST', `${base}/feature_flags`, { key: 'made' }]],
  ['getFeatureFlag', () => ['GET', `${base}/feature_flags/${known.flag}`]],
  ['getRemoteConfig', () => ['GET', `${base}/feature_flags/config/remote_config`]],
  [
    'getEvaluationReasons',
    () => ['GET', `${base}/feature_flags/evaluation_reasons?distinct_id=ann`],
  ],
  ['getProjectLocalEvaluation', () => ['GET', `${base}/feature_flags/local_evaluation`]],
  ['listGroupTypes', () => ['GET', `${base}/groups_types`]],
  ['setGroupTypes', () => ['PUT', `${base}/groups_types`, [{ group_type: 'company' }]]],
  ['listApprovalPolicies', () => ['GET', `${base}/approval_policies`]],
  ['setApprovalPolicy', () => ['PUT', `${base}/approval_policies`, { approver_config: {} }]],
  ['listChangeRequests', () => ['GET', `${base}/change_requests`]],
  ['getChangeRequest', () => ['GET', `${base}/change_requests/${known.change}`]],
  ['approveChangeRequest', () => ['POST', `${base}/change_requests/${known.change}/approve`]],
  ['getFlagDefinitions', () => ['GET', '/flags/definitions']],
  ['evaluateFlags', () => ['POST', '/flags?v=2', { token, distinct_id: 'ann' }]],
  ['evaluateFlagsOfAddress', () => ['GET', `/flags?token=${token}&distinct_id=ann`]],
  ['decide', () => ['POST', '/decide?v=1', { token, distinct_id: 'ann' }]],
  ['getProjectConfig', () => ['GET', `/array/${token}/config`]],
];

describe('the answer of', () => {
  it.each(calls)('%s is what it declares', async (operation, call) => {
    const [method, path, body] = call();
    const route = routes.get(operation);
    const answer = await owner.call(method, path, body);
    const parsed: Json = route?.response?.parse(answer.body);

    expect(answer.status).toBe(route?.status ?? 200);
    expect(answer.body).toBeDefined();
    expect(parsed).toEqual(answer.body);
  });
});
