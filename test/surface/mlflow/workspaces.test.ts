import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { membershipWrites } from '#domain/identity/account.items.ts';
import { forgetUser, MEMBER_FLAGS } from '#domain/identity/index.ts';
import { openSurface, type Surface } from './support.ts';

let api: Surface;

/** A call of alice's, who is in `group-1` as its owner, may write in `group-2` and read `group-3`. */
const call = (
  path: string,
  workspace: string | undefined,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
) =>
  api.send(path, {
    headers: {
      'content-type': 'application/json',
      ...(workspace === undefined ? {} : { 'x-mlflow-workspace': workspace }),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
const create = (name: string, workspace?: string) =>
  call('/api/2.0/mlflow/experiments/create', workspace, { name });
const get = (id: string, workspace?: string) =>
  call(`/api/2.0/mlflow/experiments/get?experiment_id=${id}`, workspace);

beforeAll(async () => {
  api = await openSurface();
  const { actor } = api.shop.alice;
  if (actor.kind !== 'user') throw new Error('alice is a user');
  const alice = { id: actor.userId, username: 'alice', email: 'alice@example.test' };
  const join = async (id: number, flags = MEMBER_FLAGS) =>
    api.shop.platform.table.transact(membershipWrites(alice, { id, name: `group-${id}` }, flags));
  await join(2);
  await join(3, { ...MEMBER_FLAGS, write: false });
  forgetUser(api.shop.platform, actor.userId);
});
afterAll(() => api.close());

describe('a workspace that a call names', () => {
  it.each(['group-2', '2', ' group-2 '])('is a group, as %j', async (workspace) => {
    const { json } = await create(`in ${workspace}`, workspace);
    const named = await get(json.experiment_id, 'group-2');
    const unnamed = await get(json.experiment_id);
    const elsewhere = await get(json.experiment_id, 'group-1');

    expect(named.json.experiment.workspace).toBe('group-2');
    expect(unnamed.status).toBe(200);
    expect(unnamed.json.experiment).not.toHaveProperty('workspace');
    expect(elsewhere.status).toBe(404);
    expect((await get(json.experiment_id, undefined)).status).toBe(200);
  });

  it('lets one name stand for an experiment in each', async () => {
    const [first, second] = [await create('same', '1'), await create('same', '2')];
    const path = '/api/2.0/mlflow/experiments/get-by-name?experiment_name=same';
    const found = await Promise.all([call(path, '1'), call(path, '2'), call(path, undefined)]);

    expect(first.json.experiment_id).not.toBe(second.json.experiment_id);
    expect(found.map(({ json }) => json.experiment.experiment_id)).toEqual([
      first.json.experiment_id,
      second.json.experiment_id,
      first.json.experiment_id,
    ]);
  });

  it('that is blank is none', async () => {
    expect((await get(String(api.shop.experimentId), '  ')).status).toBe(200);
  });

  it('confines runs and files as well', async () => {
    const run = await api.newRun();
    const paths = [
      `runs/get?run_id=${run}`,
      `artifacts/list?run_id=${run}`,
      `metrics/get-history?run_id=${run}&metric_key=a`,
    ];
    for (const path of paths) {
      const [inside, outside] = await Promise.all(
        ['1', '2'].map((workspace) => call(`/api/2.0/mlflow/${path}`, workspace)),
      );
      expect([path, inside?.status, outside?.status]).toEqual([path, 200, 404]);
    }
    const tag = { run_id: run, key: 'a', value: 'b' };
    expect((await call('/api/2.0/mlflow/runs/set-tag', '2', tag)).status).toBe(404);
  });

  it.each(['group-4', '4', 'nobody', '__proto__', '-1', '2 ,1'])('is missing: %j', async (name) => {
    const { status, json } = await create('lost', name);

    expect(status).toBe(404);
    expect(json).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Workspace '${name}' not found`,
    });
  });

  it('that others have is missing, too', async () => {
    const foreign = await api.send(
      '/api/2.0/mlflow/experiments/get?experiment_id=1',
      { headers: { 'x-mlflow-workspace': 'group-1' } },
      'carol',
    );

    expect([foreign.status, foreign.json.message]).toEqual([404, "Workspace 'group-1' not found"]);
  });

  it('takes nothing from who may only read it', async () => {
    expect((await create('not here', 'group-3')).status).toBe(403);
  });

  it('is part of what a key stands for', async () => {
    const path = '/api/2.0/mlflow/experiments/create';
    const asked = (workspace: string) =>
      call(path, workspace, { name: 'keyed' }, { 'idempotency-key': 'key-1' });
    const [first, again, other] = [await asked('1'), await asked('1'), await asked('2')];

    expect(again.json).toEqual(first.json);
    expect([first.status, other.status]).not.toEqual([200, 200]);
  });

  it('needs no credentials where none are needed', async () => {
    const headers = { 'x-mlflow-workspace': 'nobody' };
    const programs = await api.send('/api/3.0/mlflow/server-info', {}, '');
    const pages = await api.send('/ajax-api/3.0/mlflow/server-info', {}, '');
    const within = await api.send('/ajax-api/3.0/mlflow/server-info', { headers }, '');
    const nobody = await api.send(
      '/api/2.0/mlflow/experiments/get?experiment_id=1',
      { headers },
      '',
    );

    const enabled = [programs, pages, within].map(({ json }) => json.workspaces_enabled);
    expect(enabled).toEqual([true, false, true]);
    expect(nobody.status).toBe(401);
  });
});

describe('the workspaces of the caller', () => {
  it('are listed and read', async () => {
    const list = await call('/api/3.0/mlflow/workspaces', undefined);
    const one = await call('/api/3.0/mlflow/workspaces/group-2', undefined);
    const missing = await call('/api/3.0/mlflow/workspaces/group-4', undefined);

    expect(list.json).toEqual({
      workspaces: [{ name: 'group-1' }, { name: 'group-2' }, { name: 'group-3' }],
    });
    expect(one.json).toEqual({ workspace: { name: 'group-2' } });
    expect([missing.status, missing.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });
});
