import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '#kernel/meter.ts';
import { type Answer, type Json, type TestApp, testApp } from '../../support/app.ts';
import { expectOk, newWorld, post, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = testApp();
  world = await newWorld(app);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const newModel = (more: object = {}): Promise<Json> =>
  post(world.owner, '/models', { group: world.group.id, name: world.name(), ...more });
const get = async (path: string): Promise<Json> =>
  expectOk(await world.owner.get(`/api/v1${path}`));
const addVersion = (id: number, description = ''): Promise<Json> =>
  post(world.owner, `/models/${id}/versions`, { artifact: world.artifact, description });

describe('a model', () => {
  it('is shown with the common fields, no version yet, and a draft mark', async () => {
    const model = await newModel({ name: 'Résumé / classifier: v2?', description: 'of texts' });

    const groupRef = {
      id: world.group.id,
      name: world.group.name,
      url: `/api/v1/groups/${world.group.id}`,
    };
    expect(model).toEqual({
      id: expect.any(Number),
      snapshot: expect.any(Number),
      group: groupRef,
      user: {
        id: world.owner.id,
        username: world.owner.username,
        url: `/api/v1/users/${world.owner.id}`,
      },
      createdOn: expect.stringMatching(/\.\d{6}\+00:00$/),
      snapshotCreatedOn: model.createdOn,
      lastModifiedOn: model.createdOn,
      latestSnapshot: true,
      hasDraft: false,
      tags: [],
      deleted: false,
      name: 'Résumé / classifier: v2?',
      description: 'of texts',
      versions: [],
      latestVersion: null,
    });
    expect(await get(`/models/${model.id}`)).toEqual(model);
  });

  it.each(['', 'x'.repeat(501), 'a\u0000b', '\ud800'])('has no name like %j', async (name) => {
    const answer = await world.owner.post('/api/v1/models', { group: world.group.id, name });

    expect(answer.status).toBe(400);
  });

  it('shares its name with no other of its group, until it is gone', async () => {
    const { id, name } = await newModel();
    const other = await newModel();
    const taken = { status: 409, body: { error: 'EntityExistsError' } };
    const group = world.group.id;

    const again = await world.owner.post('/api/v1/models', { group, name });
    expect(again).toMatchObject(taken);
    expect(again.body.detail).toEqual({
      entity_type: 'ml_model',
      existing_id: id,
      entity_attributes: { name, group_id: group },
    });
    expect(await world.owner.put(`/api/v1/models/${other.id}`, { name })).toMatchObject(taken);
    await world.owner.delete(`/api/v1/models/${id}`);
    expect((await newModel({ name })).name).toBe(name);
  });

  it('is deleted once, with a bare status; only its snapshots stay', async () => {
    const { id, snapshot } = await newModel();
    await addVersion(id);
    const path = `/api/v1/models/${id}`;

    const deleted = await world.owner.delete(path);

    expect(deleted).toMatchObject({ status: 200, body: { status: 'Success' } });
    expect(Object.keys(deleted.body)).toEqual(['status']);
    const gone: readonly (readonly [string, string, object?])[] = [
      ['DELETE', path],
      ['GET', path],
      ['PUT', path, { name: 'x' }],
      ['GET', `${path}/versions`],
      ['GET', `${path}/versions/1`],
      ['POST', `${path}/versions`, { artifact: world.artifact }],
      ['PUT', `${path}/versions/1`, {}],
    ];
    for (const [method, at, body] of gone) {
      expect(await world.owner.call(method, at, body)).toMatchObject({
        status: 404,
        body: { error: 'EntityDoesNotExistError', detail: { entity_type: 'ml_model' } },
      });
    }
    expect(await get(`/models/${id}/snapshots/${snapshot}`)).toMatchObject({
      id,
      deleted: true,
      latestVersion: { versionNumber: 1, model: { deleted: true } },
    });
    const { data } = await get('/models?pageLength=1000');
    expect(data.map((model: Json) => model.id)).not.toContain(id);
  });

  it('has snapshots that keep names and share what it has now', async () => {
    const { id, name, snapshot } = await newModel({ description: 'before' });
    app.clock.advance(1_000);
    await world.owner.put(`/api/v1/models/${id}`, { name: 'another name' });
    await addVersion(id);

    const page = await get(`/models/${id}/snapshots`);
    const found = await get(`/models/${id}/snapshots?search=name:${name}`);

    expect(page).toMatchObject({
      totalNumResults: 2,
      data: [
        { snapshot, name, description: 'before', latestSnapshot: false },
        { name: 'another name', description: '', latestSnapshot: true },
      ],
    });
    expect(page.data[0].lastModifiedOn).toBe(page.data[1].lastModifiedOn);
    for (const version of page.data) {
      expect(version).not.toHaveProperty('hasDraft');
      expect(version.versions).toHaveLength(1);
    }
    expect(found.data.map((version: Json) => version.snapshot)).toEqual([snapshot]);
  });

  it('is found and sorted among others', async () => {
    for (const [name, description] of [
      ['zoo b', 'first'],
      ['zoo c', 'second'],
      ['zoo a', 'third'],
    ]) {
      await newModel({ name, description });
      app.clock.advance(1_000);
    }
    const namesOf = async (query: string) =>
      (await get(`/models?groupId=${world.group.id}&search=zoo&${query}`)).data.map(
        ({ name }: Json) => name.at(-1),
      );

    expect(await namesOf('')).toEqual(['b', 'c', 'a']);
    expect(await namesOf('sortBy=name')).toEqual(['a', 'b', 'c']);
    expect(await namesOf('sortBy=createdOn&descending=true')).toEqual(['a', 'c', 'b']);
    expect(await namesOf('sortBy=lastModifiedOn')).toEqual(['b', 'c', 'a']);
    expect(await namesOf('sortBy=description&descending=true')).toEqual(['a', 'c', 'b']);
    expect((await get('/models?search=description:second')).data).toHaveLength(1);
    const refused = await world.owner.get('/api/v1/models?sortBy=versions');
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'SortParameterValidationError' },
    });
  });
});

describe('versions of a model', () => {
  it('count from 1, refer to model and artifact, and the newest is shown with the model', async () => {
    const { id, name } = await newModel();
    await addVersion(id, 'one');
    app.clock.advance(1_000);
    const second = await addVersion(id, 'two');

    const group = { id: world.group.id, name: world.group.name };
    const url = `/api/v1/artifacts/${world.artifact}`;
    expect(second).toEqual({
      description: 'two',
      model: {
        id,
        group: expect.objectContaining(group),
        url: `models/${id}`,
        deleted: false,
        name,
      },
      artifact: { id: world.artifact, group: expect.objectContaining(group), url, deleted: false },
      versionNumber: 2,
      createdOn: expect.any(String),
    });
    const model = await get(`/models/${id}`);
    expect(model.versions).toEqual([
      { versionNumber: 1, url: `/api/v1/models/${id}/versions/1` },
      { versionNumber: 2, url: `/api/v1/models/${id}/versions/2` },
    ]);
    expect(model.latestVersion).toEqual(second);
    for (const { url: at, versionNumber } of model.versions) {
      expect(expectOk(await world.owner.get(at)).versionNumber).toBe(versionNumber);
    }
    const listed = (await get('/models?pageLength=1000')).data.find((row: Json) => row.id === id);
    expect(listed).toEqual(model);
  });

  it('take a new description without a new date, in every place that shows them', async () => {
    const { id } = await newModel();
    const { createdOn } = await addVersion(id, 'one');
    await addVersion(id, 'two');
    app.clock.advance(60_000);
    const path = `/api/v1/models/${id}/versions`;

    const older = await world.owner.put(`${path}/1`, { description: 'first' });
    const newest = await world.owner.put(`${path}/2`, {});

    expect(older).toMatchObject({ status: 200, body: { description: 'first', createdOn } });
    expect(newest).toMatchObject({ status: 200, body: { description: '', versionNumber: 2 } });
    expect((await get(`/models/${id}`)).latestVersion).toEqual(newest.body);
    expect((await get(`/models/${id}/versions`)).data).toEqual([older.body, newest.body]);
    expect(await get(`/models/${id}/versions/1`)).toEqual(older.body);
    const { snapshot, name } = await get(`/models/${id}`);
    await world.owner.put(`/api/v1/models/${id}`, { name, description: 'changed' });
    const changed = await get(`/models/${id}`);
    expect(changed.snapshot).toBeGreaterThan(snapshot);
    expect(changed.latestVersion).toEqual(newest.body);
  });

  it('come in pages and are found by description', async () => {
    const { id } = await newModel();
    for (const word of ['red', 'green', 'blue', 'dark red']) await addVersion(id, word);
    const numbers = async (query: string) => {
      const page = await get(`/models/${id}/versions?${query}`);
      return [page.totalNumResults, page.data.map((row: Json) => row.versionNumber)];
    };

    expect(await numbers('')).toEqual([4, [1, 2, 3, 4]]);
    expect(await numbers('index=1&pageLength=2')).toEqual([4, [2, 3]]);
    expect(await numbers('search=red')).toEqual([2, [1, 4]]);
    expect(await numbers('search=description:red')).toEqual([1, [1]]);
    expect((await get(`/models/${id}/versions?pageLength=3`)).next).toBe(
      `/api/v1/models/${id}/versions?index=3&pageLength=3`,
    );
    const unknown = await world.owner.get(`/api/v1/models/${id}/versions?search=name:x`);
    expect(unknown).toMatchObject({ status: 422, body: { error: 'SearchParseError' } });
  });

  it('are found by the tags of their model, as they are now', async () => {
    const [{ id }, other] = [await newModel(), await newModel()];
    for (const word of ['red', 'blue']) await addVersion(id, word);
    await addVersion(other.id, 'red');
    const tag = await post(world.owner, '/tags', { group: world.group.id, name: 'in use' });
    const found = async (query: string, model = id) =>
      (await get(`/models/${model}/versions?search=${query}`)).data.length;

    expect(await found("tag:'in use'")).toBe(0);
    await post(world.owner, `/models/${id}/tags`, { ids: [tag.id] });
    expect(await found("tag:'in use'")).toBe(2);
    expect(await found("tag:'in use',description:blue")).toBe(1);
    expect(await found("tag:'in use'", other.id)).toBe(0);
    // Texts that are longer than lists keep are looked at whole, and then the tags count, too.
    const long = `${'long '.repeat(100)}end`;
    await addVersion(id, long);
    expect(await found("tag:'in use',description:*end")).toBe(1);
    await world.owner.delete(`/api/v1/models/${id}/tags`);
    expect(await found("tag:'in use'")).toBe(0);
    expect(await found("tag:'in use',description:*end")).toBe(0);
    const missing = await world.owner.get('/api/v1/models/999999/versions?search=tag:x');
    expect(missing.status).toBe(404);
  });

  it('are looked for under their model and number alone', async () => {
    const [{ id }, other] = [await newModel(), await newModel()];
    await addVersion(id);

    for (const [of, number] of [
      [id, 0],
      [id, 2],
      [other.id, 1],
    ]) {
      expect(await world.owner.get(`/api/v1/models/${of}/versions/${number}`)).toMatchObject({
        status: 404,
        body: {
          error: 'EntityDoesNotExistError',
          detail: { entity_type: 'ml_model_version', model_id: of, version_number: number },
        },
      });
    }
    expect((await world.owner.get(`/api/v1/models/${world.queue}`)).status).toBe(404);
  });

  it('are of artifacts of the group', async () => {
    const foreign = await newWorld(app);
    const { id } = await newModel();
    // Theirs is also a member of this group: what is refused is to mix the groups.
    await app.join(world.owner, foreign.group, { read: true, write: true });

    for (const artifact of [foreign.artifact, world.queue, 999_999]) {
      const body = { artifact };
      expect(await world.owner.post(`/api/v1/models/${id}/versions`, body)).toMatchObject({
        status: 404,
        body: { detail: { entity_type: 'artifact', artifact_id: artifact } },
      });
    }
    expect((await get(`/models/${id}`)).versions).toEqual([]);
  });

  it('that are made at once are numbered without a gap', async () => {
    const { id } = await newModel();
    const wishes = Array.from({ length: 60 }, (_, n) => ({
      artifact: world.artifact,
      description: `wish ${n}`,
    }));

    const made = await Promise.all(
      wishes.map((wish) => world.owner.post(`/api/v1/models/${id}/versions`, wish)),
    );

    const numbers = made.map((answer) => expectOk(answer).versionNumber);
    const all = Array.from({ length: 60 }, (_, n) => n + 1);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all);
    const page = await get(`/models/${id}/versions?pageLength=100`);
    expect(page.data.map((row: Json) => row.versionNumber)).toEqual(all);
    made.forEach(({ body }, n) => {
      expect(body.description).toBe(`wish ${n}`);
      expect(page.data[body.versionNumber - 1]).toEqual(body);
    });
    expect((await get(`/models/${id}`)).latestVersion).toEqual(page.data.at(-1));
  });
});

describe('a model with a thousand versions', () => {
  let id: number;
  beforeAll(async () => {
    ({ id } = await newModel());
    for (let n = 0; n < 1_000; n += 1) {
      app.clock.advance(20);
      await addVersion(id, `version ${n}`);
    }
    await app.settled();
  }, 120_000);

  async function costOf(call: () => Promise<Answer>): Promise<Usage> {
    await world.owner.get('/api/v1/users/current');
    await app.settled();
    app.meter.reset();
    expectOk(await call());
    const usage = app.meter.snapshot();
    await app.settled();
    return usage;
  }

  it('is read in one round trip, for one read unit', async () => {
    const usage = await costOf(() => world.owner.get(`/api/v1/models/${id}`));

    expect(usage).toMatchObject({ sequentialRoundTrips: 1, readUnits: 1, writeUnits: 0 });
    expect((await get(`/models/${id}`)).versions).toHaveLength(1_000);
  });

  it('shows any version in two round trips, and any page of them in three', async () => {
    const one = await costOf(() => world.owner.get(`/api/v1/models/${id}/versions/777`));
    const page = await costOf(() => world.owner.get(`/api/v1/models/${id}/versions?index=500`));

    expect(one).toMatchObject({ sequentialRoundTrips: 2, readUnits: 3 });
    expect(page.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(page.readUnits).toBeLessThanOrEqual(11);
  });

  it('gets another in three round trips, for 14 write units', async () => {
    const body = { artifact: world.artifact };
    const usage = await costOf(() => world.owner.post(`/api/v1/models/${id}/versions`, body));

    expect(usage.sequentialRoundTrips).toBe(3);
    expect(usage.writeUnits).toBeLessThanOrEqual(14);
  });
});
