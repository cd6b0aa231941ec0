import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, TestUser } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, must } from './experiment-stage.ts';

let stage: ExperimentStage;
let ann: TestUser;

const setPolicy = async (enabled: boolean) =>
  must(
    await stage.owner.put(stage.at('approval_policies'), {
      approver_config: { users: [ann.id], quorum: 1 },
      enabled,
    }),
  );
beforeAll(async () => {
  stage = await experimentStage();
  ann = await stage.app.newUser();
  await stage.app.join(ann, { id: stage.project, name: 'a' }, { read: true, write: true });
});
afterAll(() => stage.close());

const SHIP = { variant_key: 'test', release_to_everyone: true };
const shares = (control: number) => ({
  feature_flag_variants: [
    { key: 'control', rollout_percentage: control },
    { key: 'test', rollout_percentage: 100 - control },
  ],
});

describe('a step whose flag others must approve', () => {
  it.each<[string, readonly string[], string, string, object | undefined, object]>([
    ['launch', [], 'POST', '/launch', undefined, { status: 'running' }],
    ['start', [], 'PATCH', '', { start_date: '2026-01-01' }, { status: 'running' }],
    ['shares', [], 'PATCH', '', { parameters: shares(30) }, { status: 'draft' }],
    ['ship_variant', ['launch'], 'POST', '/ship_variant', SHIP, { status: 'stopped' }],
  ])('%s after %j waits for them, and is then done', async (_, verbs, method, path, body, done) => {
    await setPolicy(false);
    const { id } = await stage.create();
    if (verbs.length > 0) await stage.steps(id, ...verbs);
    const before = await stage.get(`experiments/${id}`);
    await setPolicy(true);
    const refused = await stage.call(method, `/${id}${path}`, body);
    const between = await stage.get(`experiments/${id}`);
    const request = stage.at(`change_requests/${refused.body.change_request_id}`);
    const approved = must(await ann.post(`${request}/approve`));
    const waiting = await stage.get(`experiments/${id}`);
    const repeated = await stage.call(method, `/${id}${path}`, body);

    expect(refused).toMatchObject({
      status: 409,
      body: {
        status: 'approval_required',
        resource_type: 'feature_flag',
        resource_id: String(before.feature_flag.id),
        change_request: { state: 'pending' },
      },
    });
    expect(between).toEqual(before);
    expect(approved).toMatchObject({ state: 'applied' });
    // The flag has changed, and nothing else.
    expect({ ...waiting, feature_flag: null }).toMatchObject({ ...before, feature_flag: null });
    expect(repeated).toMatchObject({ status: 200, body: done });
    expect(repeated.body.feature_flag).toEqual(waiting.feature_flag);
  });

  it('is not asked about where the flag stays as it is', async () => {
    await setPolicy(true);
    const made = await stage.create({ start_date: '2026-01-01' });
    const linked = await stage.create({ feature_flag_key: made.feature_flag_key });
    const ended = await stage.steps(made.id, 'end');
    const removed = await stage.patch(linked.id, { deleted: true });

    expect(ended).toMatchObject({ status: 'stopped' });
    expect(removed).toMatchObject({ status: 200, body: { deleted: true } });
  });

  it('holds a holdout back whole', async () => {
    await setPolicy(false);
    const few = { name: 'Few', filters: [{ rollout_percentage: 5 }] };
    const holdout = must(await stage.owner.post(stage.at('experiment_holdouts'), few));
    const linked = [
      await stage.create({ holdout_id: holdout.id }),
      await stage.create({ holdout_id: holdout.id }),
    ];
    await setPolicy(true);
    const at = stage.at(`experiment_holdouts/${holdout.id}`);
    const changed = await stage.owner.call('PATCH', at, { filters: [{ rollout_percentage: 9 }] });
    const removed = await stage.owner.delete(at);
    const after = await Promise.all(linked.map(({ id }: Json) => stage.get(`experiments/${id}`)));

    expect([changed.status, removed.status]).toEqual([409, 409]);
    expect((await stage.owner.get(at)).body).toEqual(holdout);
    expect(after).toEqual(linked);
  });
});
