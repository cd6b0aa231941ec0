import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let own: string;
let others: string;
beforeAll(async () => {
  api = await openSurface();
  own = String(api.shop.experimentId);
  others = (await api.post('/experiments/create', { name: 'of carol' }, 'carol')).json
    .experiment_id;
});
afterAll(() => api.close());

let made = 0;
const newId = (): string => {
  made += 1;
  return made.toString(16).padStart(32, '0');
};

const create = (id: string, as = 'alice') =>
  api.post('/runs/create', { experiment_id: as === 'carol' ? others : own, run_id: id }, as);

const idsIn = async (experiment: string, as: string): Promise<readonly string[]> => {
  const { json } = await api.post('/runs/search', { experiment_ids: [experiment] }, as);
  return (json.runs ?? []).map((run: { info: { run_id: string } }) => run.info.run_id);
};

describe('a run with an id of its own', () => {
  it('keeps it, and is found by it and by searches', async () => {
    const id = newId();

    const { json } = await create(id);

    expect(json.run.info.run_id).toBe(id);
    expect(json.run.info.artifact_uri).toBe(`mlflow-artifacts:/${own}/${id}/artifacts`);
    expect((await api.get(`/runs/get?run_id=${id}`)).status).toBe(200);
    expect(await idsIn(own, 'alice')).toContain(id);
  });

  it('gets one by chance where the field is empty', async () => {
    expect((await create('')).json.run.info.run_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is refused where that is taken, whoever has it, and is shown to nobody else', async () => {
    const id = newId();
    await create(id);

    const again = await create(id);
    const stolen = await create(id, 'carol');

    expect(again.status).toBe(400);
    expect(again.json).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: expect.stringContaining(`A run with id=${id} exists already.`),
    });
    expect(stolen.text).toBe(again.text);
    expect((await api.get(`/runs/get?run_id=${id}`, 'carol')).status).toBe(404);
    expect(await idsIn(others, 'carol')).not.toContain(id);
  });

  it('is made once by calls at the same time', async () => {
    const id = newId();
    const callers = ['alice', 'carol', 'alice', 'carol', 'alice', 'carol'];

    const answers = await Promise.all(callers.map((as) => create(id, as)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    const found = [...(await idsIn(own, 'alice')), ...(await idsIn(others, 'carol'))];
    expect(found.filter((each) => each === id)).toHaveLength(1);
  });

  it('is refused where files of another are left', async () => {
    const id = newId();
    await api.shop.platform.blobs.put(`runs/${id}/artifacts/secret.txt`, Buffer.from('secret'));

    expect((await create(id)).json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
  });

  it('asks for permission first', async () => {
    const id = newId();
    await create(id);

    const reader = await api.post('/runs/create', { experiment_id: own, run_id: id }, 'bob');
    const fresh = await api.post('/runs/create', { experiment_id: own, run_id: newId() }, 'bob');

    expect(reader.status).toBe(403);
    expect(reader.text).toBe(fresh.text);
  });

  it.each([
    'x'.repeat(32),
    'ABCDEF'.padEnd(32, '0'),
    '0'.repeat(31),
    '../0',
    `${'0'.repeat(32)}\n`,
  ])('is no other text: %j', async (id) => {
    const { status, json } = await create(id);

    expect(status).toBe(400);
    expect(json.error_code).toBe('INVALID_PARAMETER_VALUE');
  });
});
