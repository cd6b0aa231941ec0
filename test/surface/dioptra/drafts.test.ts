import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';

let app: TestApp;
let user: TestUser;
beforeEach(async () => {
  app = testApp();
  user = await app.newUser();
});
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

async function post(path: string, body: object, as = user): Promise<Json> {
  const answer = await as.post(`/api/v1${path}`, body);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.body;
}
const get = async (path: string, as = user): Promise<Json> => (await as.get(`/api/v1${path}`)).body;
const commit = (id: number, as = user) => as.post(`/api/v1/workflows/draftCommit/${id}`);

describe('a draft of a new resource', () => {
  it('is seen by its maker only', async () => {
    const other = await app.newUser();
    const draft = await post('/queues/drafts', { group: 1, name: 'q' });

    expect(draft).toMatchObject({
      payload: { name: 'q', description: '' },
      resourceType: 'queue',
      resource: null,
      resourceSnapshot: null,
      metadata: {},
    });
    expect(await get('/queues/drafts')).toMatchObject({
      totalNumResults: 1,
      first: '/api/v1/queues/drafts?index=0&pageLength=10&draft_type=all',
    });
    expect(await get('/queues/drafts', other)).toMatchObject({ totalNumResults: 0 });
    const foreign = await other.get(`/api/v1/queues/drafts/${draft.id}`);
    expect(foreign).toMatchObject({ status: 404, body: { error: 'DraftDoesNotExistError' } });
    expect(await commit(draft.id, other)).toMatchObject({ status: 404 });
    expect(await user.get(`/api/v1/experiments/drafts/${draft.id}`)).toMatchObject({ status: 404 });
  });

  it('becomes the resource, once, and is gone then', async () => {
    const draft = await post('/queues/drafts', { group: 1, name: 'q', description: 'drafted' });
    const answers = await Promise.all([commit(draft.id), commit(draft.id), commit(draft.id)]);

    const done = answers.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    const [id] = (done[0] as Answer).body.id;
    expect(await get(`/queues/${id}`)).toMatchObject({ name: 'q', description: 'drafted' });
    expect(await get('/queues')).toMatchObject({ totalNumResults: 1 });
    expect(await get('/queues/drafts')).toMatchObject({ totalNumResults: 0 });
  });

  it('stays when it cannot become what it says', async () => {
    await post('/queues', { group: 1, name: 'taken' });
    const draft = await post('/queues/drafts', { group: 1, name: 'taken' });

    expect(await commit(draft.id)).toMatchObject({ status: 409 });
    expect(await get(`/queues/drafts/${draft.id}`)).toMatchObject({ payload: { name: 'taken' } });
  });

  it('of a file is in its plugin, and becomes a file of it', async () => {
    const plugin = await post('/plugins', { group: 1, name: 'p' });
    const contents = `# ${'large '.repeat(40_000)}\n`;
    const body = { filename: 'f.py', contents, tasks: { functions: [], artifacts: [] } };
    const draft = await post(`/plugins/${plugin.id}/files/drafts`, body);

    expect((await get(`/plugins/${plugin.id}/files/drafts/${draft.id}`)).payload.contents).toBe(
      contents,
    );
    const done = await commit(draft.id);
    expect(done).toMatchObject({ status: 200 });
    expect(done.body.id[0]).toBe(plugin.id);
    expect(await get(`/plugins/${plugin.id}/files/${done.body.id[1]}`)).toMatchObject({ contents });
    await app.settled();
    expect((await app.platform.blobs.list('drafts/')).objects).toEqual([]);
  });
});

describe('a draft of a change', () => {
  const begun = async () => {
    const { id, snapshot } = await post('/queues', { group: 1, name: 'q' });
    const draft = await post(`/queues/${id}/draft`, { name: 'r' });
    return { id, snapshot, draft };
  };

  it('shows on the resource, to its maker, and counts for others', async () => {
    const other = await app.newUser();
    const { id, snapshot, draft } = await begun();

    expect(draft).toMatchObject({ resource: id, resourceSnapshot: snapshot });
    expect(draft.metadata).toEqual({ num_other_drafts: 0 });
    expect(await get(`/queues/${id}`)).toMatchObject({ hasDraft: true, name: 'q' });
    expect((await get('/queues')).data[0].hasDraft).toBe(true);
    expect(await get(`/queues/${id}`, other)).toMatchObject({ hasDraft: false });
    const theirs = await post(`/queues/${id}/draft`, { name: 's' }, other);
    expect(theirs.metadata).toEqual({ num_other_drafts: 1 });
    expect((await get(`/queues/${id}/draft`)).metadata).toEqual({ num_other_drafts: 1 });
  });

  it('is one for each user and resource', async () => {
    const { id } = await begun();
    const again = await user.post(`/api/v1/queues/${id}/draft`, { name: 'x' });

    expect(again).toMatchObject({ status: 400, body: { error: 'DraftAlreadyExistsError' } });
  });

  it('lists as existing, not as new', async () => {
    const { draft } = await begun();
    const fresh = await post('/queues/drafts', { group: 1, name: 'new' });
    const ids = async (type: string) =>
      (await get(`/queues/drafts?draftType=${type}`)).data.map(({ id }: Json) => id);

    expect(await ids('existing')).toEqual([draft.id]);
    expect(await ids('new')).toEqual([fresh.id]);
    expect(await ids('all')).toEqual([draft.id, fresh.id]);
    expect(await user.get('/api/v1/queues/drafts?draftType=odd')).toMatchObject({ status: 400 });
    const { first } = await get('/queues/drafts?draftType=new');
    expect((await user.get(first)).body.data.map(({ id }: Json) => id)).toEqual([fresh.id]);
  });

  it('becomes the change', async () => {
    const { id, draft } = await begun();

    expect((await commit(draft.id)).body).toEqual({ id: [id], status: 'Success' });
    expect(await get(`/queues/${id}`)).toMatchObject({ name: 'r', hasDraft: false });
    expect(await user.get(`/api/v1/queues/${id}/draft`)).toMatchObject({ status: 404 });
    expect(await post(`/queues/${id}/draft`, { name: 't' })).toMatchObject({ resource: id });
  });

  it('does not overwrite what came between, until it adopts it', async () => {
    const { id, snapshot, draft } = await begun();
    const newer = (await user.put(`/api/v1/queues/${id}`, { name: 'between' })).body.snapshot;

    const refused = await commit(draft.id);
    expect(refused).toMatchObject({
      status: 400,
      body: {
        error: 'DraftResourceModificationsCommitError',
        detail: { base_snapshot_id: snapshot, curr_snapshot_id: newer },
      },
    });
    const rebase = (resourceSnapshot: number) =>
      user.put(`/api/v1/queues/${id}/draft`, { resourceSnapshot, resourceData: { name: 'r' } });
    expect(await rebase(987_654)).toMatchObject({ status: 404 });
    expect(await rebase(newer)).toMatchObject({ status: 200 });
    expect(await rebase(snapshot)).toMatchObject({
      status: 400,
      body: { error: 'InvalidDraftBaseResourceSnapshotError' },
    });
    expect(await commit(draft.id)).toMatchObject({ status: 200 });
    expect((await get(`/queues/${id}`)).name).toBe('r');
  });

  it('loses no change that is made at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await post('/queues', { group: 1, name: `race ${round}` });
      const draft = await post(`/queues/${id}/draft`, { name: `drafted ${round}` });
      const [committed, put] = await Promise.all([
        commit(draft.id),
        user.put(`/api/v1/queues/${id}`, { name: `put ${round}` }),
      ]);

      expect(put.status).toBe(200);
      expect([200, 400]).toContain(committed.status);
      // Whoever read the other's version wrote after it: a commit never comes after an unseen put.
      if (committed.status === 400) expect((await get(`/queues/${id}`)).name).toBe(`put ${round}`);
      const { totalNumResults } = await get(`/queues/${id}/snapshots`);
      expect(totalNumResults).toBe(committed.status === 200 ? 3 : 2);
    }
  });

  it('goes with DELETE, by its own id too, and frees the resource for another', async () => {
    const { id, draft } = await begun();

    expect((await user.delete(`/api/v1/queues/${id}/draft`)).body.id).toEqual([draft.id]);
    expect(await get(`/queues/${id}`)).toMatchObject({ hasDraft: false });
    const next = await post(`/queues/${id}/draft`, { name: 'y' });
    expect(await user.delete(`/api/v1/queues/drafts/${next.id}`)).toMatchObject({ status: 200 });
    expect(await get(`/queues/${id}`)).toMatchObject({ hasDraft: false });
  });

  it('of an entrypoint keeps its plugins bound', async () => {
    const { id: plugin } = await post('/plugins', { group: 1, name: 'p' });
    const types = await get('/pluginParameterTypes?search=name:string');
    const type = types.data[0].id;
    await post(`/plugins/${plugin}/files`, {
      filename: 'f.py',
      contents: '',
      tasks: {
        functions: [
          { name: 'go', inputParams: [{ name: 'x', parameterType: type }], outputParams: [] },
        ],
      },
    });
    const text = { name: 'e', taskGraph: 'one:\n  go: hello\n' };
    const made = await post('/entrypoints', { ...text, group: 1, plugins: [plugin] });
    const draft = await post(`/entrypoints/${made.id}/draft`, { ...text, name: 'drafted' });

    expect(await commit(draft.id)).toMatchObject({ status: 200 });
    expect(await get(`/entrypoints/${made.id}`)).toMatchObject({
      name: 'drafted',
      plugins: [{ id: plugin, snapshotId: made.plugins[0].snapshotId }],
    });
  });
});
