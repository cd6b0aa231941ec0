import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Client,
  type Json,
  READER,
  type TestApp,
  type TestGroup,
  type TestUser,
  testApp,
} from '../../support/app.ts';

const WRITER = { read: true, write: true };

let app: TestApp;
let owner: TestUser;
let ann: TestUser;
let bob: TestUser;
let asker: TestUser;
let reader: TestUser;
let group: TestGroup;
let flag: Json;
let made = 0;

const at = (path: string): string => `/api/projects/${group.id}/${path}`;
const turnOff = (client: Client, id = flag.id, body: object = { active: false }) =>
  client.call('PATCH', at(`feature_flags/${id}/`), body);
const decide = (client: Client, id: number, what: string, body?: object) =>
  client.post(at(`change_requests/${id}/${what}/`), body);
const setPolicy = (config: object, more: object = {}, client: Client = owner) =>
  client.put(at('approval_policies/'), { approver_config: config, ...more });
const current = async (id = flag.id): Promise<Json> =>
  (await owner.get(at(`feature_flags/${id}`))).body;

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  [owner, ann, bob, asker, reader] = await Promise.all([
    app.newUser(),
    app.newUser(),
    app.newUser(),
    app.newUser(),
    app.newUser(),
  ]);
  group = await app.newGroup(owner);
  for (const user of [ann, bob, asker]) await app.join(user, group, WRITER);
  await app.join(reader, group, READER);
});
beforeEach(async () => {
  made += 1;
  await owner.delete(at('approval_policies'));
  flag = (await owner.post(at('feature_flags'), { key: `flag-${made}` })).body;
  const { status, text } = await setPolicy({ users: [ann.id, bob.id], quorum: 2 });
  if (status !== 200) throw new Error(text);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe('a change that needs approval', () => {
  it('is answered with its request, and changes nothing', async () => {
    const { status, body } = await turnOff(asker);

    const request = body.change_request;
    expect(status).toBe(409);
    expect(body).toEqual({
      code: 'approval_required',
      status: 'approval_required',
      detail: 'This change needs the approval of others.',
      message: 'This change needs the approval of others.',
      resource_type: 'feature_flag',
      resource_id: String(flag.id),
      change_request_id: request.id,
      change_request: expect.any(Object),
      required_approvers: { users: [ann.id, bob.id], roles: [], quorum: 2 },
    });
    expect(request).toMatchObject({
      action_key: 'feature_flag.update',
      action_version: 1,
      resource_id: String(flag.id),
      intent: { active: false },
      intent_display: { before: { active: true }, after: { active: false } },
      policy_snapshot: { approver_config: { quorum: 2 }, enabled: true },
      state: 'pending',
      created_by: { id: asker.id, first_name: asker.username },
      applied_at: null,
      approvals: [],
      can_approve: false,
      can_cancel: true,
      is_requester: true,
      user_decision: null,
    });
    expect(await current()).toEqual(flag);
    expect((await asker.get(at(`change_requests/${request.id}/`))).body).toEqual(request);
  });

  it('is done once its quorum is there, and its asker sees it', async () => {
    const { body } = await turnOff(asker);
    const id = body.change_request_id;
    const first = await decide(ann, id, 'approve', { reason: 'fine' });
    const between = await current();
    const second = await decide(bob, id, 'approve');

    expect(first.body).toMatchObject({ state: 'pending', user_decision: 'approved' });
    expect(between).toMatchObject({ active: true, version: 1 });
    expect(second.body).toMatchObject({
      state: 'applied',
      applied_by: { id: bob.id },
      applied_at: expect.any(String),
      result_data: { id: flag.id, version: 2 },
      approvals: [
        { decision: 'approved', reason: 'fine', created_by: { id: ann.id } },
        { decision: 'approved', reason: '', created_by: { id: bob.id } },
      ],
    });
    expect(await current()).toMatchObject({ active: false, version: 2 });
    const again = await turnOff(asker);
    expect([again.status, again.body.version]).toEqual([200, 2]);
    const mine = await asker.get(at(`change_requests?requester=${asker.id}&state=applied`));
    expect(mine.body.results[0]).toMatchObject({ id, state: 'applied', is_requester: true });
  });

  it('is asked for once, however often and from wherever', async () => {
    const answers = await Promise.all(
      [app, app.otherProcess(), app.otherProcess(), app].map((process) =>
        process
          .client({ cookie: asker.cookie })
          .call('PATCH', at(`feature_flags/${flag.id}`), { active: false }),
      ),
    );
    const ids = new Set(answers.map(({ body }) => body.change_request_id));
    const different = await turnOff(asker, flag.id, { name: 'other' });
    const byAnother = await turnOff(ann);

    expect(ids.size).toBe(1);
    const own = [...ids, different.body.change_request_id, byAnother.body.change_request_id];
    expect(new Set(own).size).toBe(3);
  });

  it('is applied once, whoever approves at once', async () => {
    await setPolicy({ users: [ann.id, bob.id], quorum: 1 });
    const { body } = await turnOff(asker);
    const others = [app, app.otherProcess(), app.otherProcess(), app.otherProcess()];
    const answers = await Promise.all(
      others.map((process, index) =>
        process
          .client({ cookie: (index % 2 === 0 ? ann : bob).cookie })
          .post(at(`change_requests/${body.change_request_id}/approve`), {}),
      ),
    );

    const applied = answers.filter(({ status }) => status === 200);
    expect(applied).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(3);
    expect(await current()).toMatchObject({ version: 2, active: false });
  });

  it('loses no vote of two at once', async () => {
    const { body } = await turnOff(asker);
    const id = body.change_request_id;
    const votes = await Promise.all([decide(ann, id, 'approve'), decide(bob, id, 'approve')]);

    expect(votes.map((vote) => vote.body.state).sort()).toEqual(['applied', 'pending']);
    expect(await current()).toMatchObject({ version: 2, active: false });
  });

  it('fails where the flag was changed meanwhile', async () => {
    await setPolicy({ users: [ann.id], quorum: 1 }, { bypass_org_membership_levels: [15] });
    const { body } = await turnOff(asker);
    await turnOff(owner, flag.id, { name: 'meanwhile' });
    const answer = await decide(ann, body.change_request_id, 'approve');

    expect(answer.body).toMatchObject({
      state: 'failed',
      apply_error: 'The feature flag was changed since this was asked for.',
    });
    expect(await current()).toMatchObject({ active: true, name: 'meanwhile', version: 2 });
  });

  it('fails where its key was taken meanwhile', async () => {
    await setPolicy({ users: [ann.id], quorum: 1 });
    const { body } = await turnOff(asker, flag.id, { key: `taken-${made}` });
    await owner.post(at('feature_flags'), { key: `taken-${made}` });
    const answer = await decide(ann, body.change_request_id, 'approve');

    expect(answer.body).toMatchObject({
      state: 'failed',
      apply_error: 'There is already a feature flag with this key.',
    });
    expect(await current()).toMatchObject({ key: flag.key, version: 1 });
  });

  it('ends with one vote against it, after which it may be asked for again', async () => {
    const { body } = await turnOff(asker);
    const rejected = await decide(bob, body.change_request_id, 'reject', { reason: 'no' });
    const late = await decide(ann, body.change_request_id, 'approve');
    const again = await turnOff(asker);

    expect(rejected.body).toMatchObject({ state: 'rejected', user_decision: 'rejected' });
    expect([late.status, late.body.detail]).toEqual([
      400,
      'The change request is rejected; it is not pending.',
    ]);
    expect(again.body.change_request_id).not.toBe(body.change_request_id);
    expect(await current()).toEqual(flag);
  });

  it('may be taken back by who asked, and by nobody else', async () => {
    const { body } = await turnOff(asker);
    const byOther = await decide(ann, body.change_request_id, 'cancel');
    const own = await decide(asker, body.change_request_id, 'cancel');

    expect(byOther.status).toBe(403);
    expect(own.body).toMatchObject({ state: 'rejected', result_data: { canceled: true } });
  });

  it('expires', async () => {
    await setPolicy({ users: [ann.id], quorum: 1 }, { expires_after: '00:10:00' });
    const { body } = await turnOff(asker);
    app.clock.advance(10 * 60_000);
    const late = await decide(ann, body.change_request_id, 'approve');
    const shown = await asker.get(at(`change_requests/${body.change_request_id}`));
    const again = await turnOff(asker);

    expect(late.status).toBe(400);
    expect(shown.body).toMatchObject({ state: 'expired', can_cancel: false });
    expect(again.body.change_request_id).not.toBe(body.change_request_id);
    expect(await current()).toEqual(flag);
  });

  it('is for approvers to decide, each once, and not for who asked', async () => {
    const { body } = await turnOff(ann);
    const id = body.change_request_id;
    const statuses = [];
    for (const client of [ann, asker, reader, owner, app.client()]) {
      statuses.push((await decide(client, id, 'approve')).status);
    }
    await decide(bob, id, 'approve');
    const twice = await decide(bob, id, 'approve');

    expect(statuses).toEqual([403, 403, 403, 403, 401]);
    expect([twice.status, twice.body.detail]).toEqual([
      400,
      'You have voted on this change request already.',
    ]);
    expect(await current()).toEqual(flag);
  });

  it('may be approved by who asked where the policy says so', async () => {
    await setPolicy({ users: [ann.id], quorum: 1 }, { allow_self_approve: true });
    const { body } = await turnOff(ann);
    const answer = await decide(ann, body.change_request_id, 'approve');

    expect(body.change_request.can_approve).toBe(true);
    expect(answer.body.state).toBe('applied');
  });

  it('is decided by those who manage the group where nobody is named', async () => {
    await setPolicy({});
    const { body } = await turnOff(asker);

    expect((await decide(ann, body.change_request_id, 'approve')).status).toBe(403);
    expect((await decide(owner, body.change_request_id, 'approve')).body.state).toBe('applied');
  });

  it('that breaks a rule is refused at once', async () => {
    const answer = await turnOff(asker, flag.id, { key: 'a b' });

    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_key']);
  });
});

describe('an approval policy', () => {
  it('is shown, changed and removed', async () => {
    const set = await setPolicy(
      { users: [ann.id] },
      { conditions: { field: 'active' }, expires_after: 90_061 },
    );
    const listed = await reader.get(at('approval_policies'));
    const removed = await owner.delete(at('approval_policies'));
    const none = await reader.get(at('approval_policies'));

    expect(set.body).toMatchObject({
      action_key: 'feature_flag.update',
      conditions: { type: 'any_change', field: 'active' },
      approver_config: { users: [ann.id], roles: [], quorum: 1 },
      allow_self_approve: false,
      expires_after: '1 01:01:01',
      enabled: true,
    });
    expect(listed.body).toMatchObject({ count: 1, results: [set.body] });
    expect([removed.status, none.body.count]).toEqual([204, 0]);
    expect((await turnOff(asker)).status).toBe(200);
  });

  it.each([
    ['another field', { field: 'active' }, { name: 'x' }, 200],
    ['the field itself', { field: 'name' }, { name: 'x' }, 409],
    [
      'a share',
      { field: 'rollout_percentage' },
      { filters: { groups: [{ properties: [], rollout_percentage: 3 }] } },
      409,
    ],
    [
      'a filter without another share',
      { field: 'rollout_percentage' },
      { filters: { groups: [{ properties: [{ key: 'a', value: 1 }], rollout_percentage: 100 }] } },
      200,
    ],
  ])('that watches one field sees %s', async (_what, conditions, change, status) => {
    await setPolicy({ users: [ann.id] }, { conditions });

    expect((await turnOff(asker, flag.id, change)).status).toBe(status);
  });

  it('lets owners pass where it says so, and everybody where it is off', async () => {
    await setPolicy({ users: [ann.id] }, { bypass_org_membership_levels: [15] });
    const byOwner = await turnOff(owner);
    const byMember = await turnOff(asker, flag.id, { active: true });
    await setPolicy({ users: [ann.id] }, { enabled: false });

    expect([byOwner.status, byMember.status]).toEqual([200, 409]);
    expect((await turnOff(asker, flag.id, { active: true })).status).toBe(200);
  });

  it.each([
    [{ users: [1], quorum: 2 }, {}, 'approver_config__quorum'],
    [{ quorum: 0 }, {}, 'approver_config__quorum'],
    [{ users: ['x'] }, {}, 'approver_config__users__0'],
    [{ roles: ['r'] }, {}, 'approver_config__roles'],
    [{}, { expires_after: '1' }, 'expires_after'],
    [{}, { expires_after: 5 }, 'expires_after'],
    [{}, { bypass_org_membership_levels: [2] }, 'bypass_org_membership_levels__0'],
    [{}, { action_key: 'experiment.update' }, 'action_key'],
    [{}, { conditions: { field: 'id' } }, 'conditions__field'],
  ])('is refused as %j with %j', async (config, more, attr) => {
    const answer = await setPolicy(config, more);

    expect([answer.status, answer.body.attr]).toEqual([400, attr]);
  });

  it('is for those who manage the group', async () => {
    expect((await setPolicy({}, {}, ann)).status).toBe(403);
    expect((await ann.delete(at('approval_policies'))).status).toBe(403);
  });
});
