import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, type Json, type TestApp, testApp } from '../../support/app.ts';
import { claimJob, expectOk, newJob, newWorld, post, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
let claim: Json;
let child: Client;
let types: { readonly string: number; readonly any: number };

async function typeId(name: string): Promise<number> {
  const path = `/api/v1/pluginParameterTypes?groupId=${world.group.id}&search=name:${name}`;
  return expectOk(await world.owner.get(path)).data[0].id;
}

beforeAll(async () => {
  app = testApp();
  world = await newWorld(app);
  claim = await claimJob(app, await newJob(world));
  child = app.bearer(claim.jobToken);
  types = { string: await typeId('string'), any: await typeId('any') };
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const uriOf = (path: string): string =>
  `mlflow-artifacts:/${world.experiment}/${claim.runId}/artifacts/${path}`;
const store = (path: string, text = 'the bytes') =>
  app.platform.blobs.put(`runs/${claim.runId}/artifacts/${path}`, text);
const bodyOf = (artifactUri: string, more: object = {}) => ({
  group: world.group.id,
  job: claim.jobId,
  artifactUri,
  ...more,
});
const register = (path: string, more: object = {}): Promise<Json> =>
  post(child, '/artifacts', bodyOf(uriOf(path), more));
const get = async (path: string): Promise<Json> =>
  expectOk(await world.owner.get(`/api/v1${path}`));
const tried = (artifactUri: string, more: object = {}): Promise<Answer> =>
  world.owner.post('/api/v1/artifacts', bodyOf(artifactUri, more));

/** A new plugin with an artifact task that has outputs of these types. */
async function newTask(...outputs: readonly number[]) {
  const plugin = await post(world.owner, '/plugins', {
    group: world.group.id,
    name: world.name(),
  });
  const outputParams = outputs.map((parameterType, at) => ({ name: `out${at}`, parameterType }));
  const file = await post(world.owner, `/plugins/${plugin.id}/files`, {
    filename: 'keeper.py',
    contents: '',
    tasks: { functions: [], artifacts: [{ name: 'Keeper', outputParams }] },
  });
  const { snapshot } = await get(`/plugins/${plugin.id}`);
  const taskId: number = file.tasks.artifacts[0].id;
  return { plugin, file, body: { pluginSnapshotId: snapshot as number, taskId } };
}

describe('the URI of an artifact', () => {
  it.each([
    ['gopher://h/a', 'Not a valid scheme'],
    ['/only/a/path', 'Not a valid scheme'],
    ['', 'Not a valid scheme'],
    ['s3:/b/x', 'Location is required'],
    ['http:///a', 'Location is required'],
    ['s3://b', 'URL is not absolute'],
    ['file:a', 'URL is not absolute'],
    ['http://h/a/', 'URL is not absolute'],
    ['http://h//a', 'URL is not absolute'],
    ['mlflow-artifacts:/1/../2', 'URL is not absolute'],
    ['http://h/./a', 'URL is not absolute'],
    ['http://h/a\\b', 'URL is not absolute'],
    ['http://[::1/a', 'Failed to parse URL'],
  ])('%j is refused: %s', async (artifactUri, message) => {
    const answer = await tried(artifactUri);

    expect([answer.status, answer.body]).toEqual([400, { errors: { artifactUri: [message] } }]);
  });

  it('must be there', async () => {
    const { status, body } = await world.owner.post('/api/v1/artifacts', {
      group: world.group.id,
      job: claim.jobId,
    });

    expect([status, Object.keys(body.errors)]).toEqual([400, ['artifactUri']]);
  });

  it.each([
    ['S3://bucket/a', 404],
    ['http://h/a?x=1#f', 404],
    ['http://[::1]/a b', 404],
    ['ftp://h/', 404],
    ['file:/etc/passwd', 404],
  ])('%j is well-formed, but not of the run', async (uri, status) => {
    const answer = await tried(uri);

    expect(answer).toMatchObject({ status, body: { error: 'JobStoreError' } });
  });

  it('must lead to something that the store holds below the run of the job', async () => {
    await store('there.txt');
    const other = uriOf('there.txt').replace(claim.runId, world.claim.runId);

    for (const uri of [uriOf('absent.txt'), uriOf('there.tx'), other]) {
      expect(await tried(uri)).toMatchObject({ status: 404, body: { error: 'JobStoreError' } });
    }
  });

  it('is registered once for a job', async () => {
    await store('once.txt');
    const { id } = await register('once.txt');

    const again = await tried(uriOf('once.txt'));

    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ error: 'EntityExistsError' });
    expect(again.body.detail).toEqual({
      entity_type: 'artifact',
      existing_id: id,
      entity_attributes: { uri: uriOf('once.txt') },
    });
  });

  it('needs a job with a run that is kept here', async () => {
    const job = await newJob(world);
    const wish = () => world.owner.post('/api/v1/artifacts', { ...bodyOf(uriOf('x')), job });

    const none = await wish();
    await post(world.owner, `/jobs/${job}/mlflowRun`, { mlflowRunId: 'f'.repeat(32) });
    const foreign = await wish();

    expect(none).toMatchObject({ status: 400, body: { error: 'JobMlflowRunNotSetError' } });
    expect(foreign).toMatchObject({ status: 404, body: { error: 'MlflowRunNotFoundError' } });
  });
});

describe('an artifact', () => {
  it('says what the store holds, and what its task makes of it', async () => {
    await store('model/weights.bin', '12345');
    await store('model/meta/info.txt', '123');
    const { plugin, file, body } = await newTask(types.string, types.any);

    const artifact = await register('model', { description: 'a model', ...body });

    expect(artifact).toMatchObject({
      description: 'a model',
      isDir: true,
      fileSize: 8,
      fileUrl: `/api/v1/artifacts/${artifact.id}/contents`,
      artifactUri: uriOf('model'),
      job: claim.jobId,
      hasDraft: false,
      tags: [],
      deleted: false,
    });
    expect(artifact.task).toEqual({
      id: body.taskId,
      name: 'Keeper',
      outputParams: [
        {
          name: 'out0',
          parameterType: expect.objectContaining({ id: types.string, name: 'string' }),
        },
        { name: 'out1', parameterType: expect.objectContaining({ id: types.any, name: 'any' }) },
      ],
      pluginResourceId: plugin.id,
      pluginResourceSnapshotId: body.pluginSnapshotId,
      pluginFileResourceId: file.id,
      pluginFileResourceSnapshotId: file.snapshot,
    });
    expect(await get(`/artifacts/${artifact.id}`)).toEqual(artifact);
    const job = await get(`/jobs/${claim.jobId}`);
    const refs = job.artifacts.filter((ref: Json) => ref.id === artifact.id);
    expect(refs).toEqual([
      {
        id: artifact.id,
        group: expect.objectContaining({ id: world.group.id }),
        url: `/api/v1/artifacts/${artifact.id}`,
        deleted: false,
      },
    ]);
  });

  it('takes description and task anew, both parts of the task or none, and keeps snapshots', async () => {
    await store('changes.txt');
    const { body } = await newTask(types.string);
    const { id, snapshot } = await register('changes.txt', { description: 'one', ...body });
    const path = `/api/v1/artifacts/${id}`;

    for (const half of [{ taskId: body.taskId }, { pluginSnapshotId: body.pluginSnapshotId }]) {
      const refused = { status: 400, body: { error: 'DioptraError' } };
      expect(await world.owner.put(path, half)).toMatchObject(refused);
      expect(await tried(uriOf('changes.txt'), half)).toMatchObject(refused);
    }
    const unknown = { ...body, taskId: 999_999 };
    expect(await world.owner.put(path, unknown)).toMatchObject({
      status: 404,
      body: { error: 'PluginTaskDoesNotExistError' },
    });
    const changed = expectOk(await world.owner.put(path, { description: 'two' }));

    expect(changed).toMatchObject({ id, description: 'two', task: {}, latestSnapshot: true });
    const page = await get(`/artifacts/${id}/snapshots`);
    expect(page.data).toMatchObject([
      { snapshot, description: 'one', task: { id: body.taskId }, latestSnapshot: false },
      { snapshot: changed.snapshot, description: 'two', task: {}, latestSnapshot: true },
    ]);
    for (const version of page.data) expect(version).not.toHaveProperty('hasDraft');
    expect(await get(`/artifacts/${id}/snapshots/${snapshot}`)).toEqual(page.data[0]);
    const contents = await world.owner.get(`${path}/snapshots/${snapshot}/contents`);
    expect(contents.status).toBe(302);
    expect((await world.owner.delete(path)).status).toBe(405);
  });

  it('outlives its job', async () => {
    const job = await newJob(world);
    const own = await claimJob(app, job);
    await app.platform.blobs.put(`runs/${own.runId}/artifacts/kept.txt`, 'kept');
    const artifactUri = `mlflow-artifacts:/${world.experiment}/${own.runId}/artifacts/kept.txt`;
    const { id } = await post(app.bearer(own.jobToken), '/artifacts', {
      group: world.group.id,
      job,
      artifactUri,
    });

    expect((await world.owner.delete(`/api/v1/jobs/${job}`)).status).toBe(200);

    expect(await get(`/artifacts/${id}`)).toMatchObject({ id, job, deleted: false });
    expect((await get(`/artifacts/${id}/files`)).length).toBe(1);
    expect((await world.owner.get(`/api/v1/artifacts/${id}/contents`)).status).toBe(302);
    const listed = (await get('/artifacts?sortBy=id&descending=true')).data[0];
    expect(listed.id).toBe(id);
    const late = await tried(artifactUri, { job });
    expect(late).toMatchObject({ status: 404, body: { detail: { entity_type: 'job' } } });
  });
});

describe('the files of an artifact', () => {
  it('are those of all its folders, in the order of the names of each', async () => {
    const sizes = { 'b.txt': 1, 'sub.txt': 2, 'sub/x.txt': 3, 'sub/deep/y z.txt': 4, 'a/&.txt': 5 };
    for (const [path, size] of Object.entries(sizes)) await store(`tree/${path}`, 'x'.repeat(size));
    const { id } = await register('tree');

    const url = (path: string) =>
      `/api/v1/artifacts/${id}/contents?path=${encodeURIComponent(path)}`;
    const row = (relativePath: keyof typeof sizes) => ({
      relativePath,
      isDir: false,
      fileSize: sizes[relativePath],
      fileUrl: url(relativePath),
    });
    const rows = await get(`/artifacts/${id}/files`);
    expect(rows).toEqual([
      row('a/&.txt'),
      row('b.txt'),
      row('sub/deep/y z.txt'),
      row('sub/x.txt'),
      row('sub.txt'),
    ]);
    for (const { fileUrl } of rows) expect((await world.owner.get(fileUrl)).status).toBe(302);
  });

  it('are one odd row where it is a file', async () => {
    await store('single.txt');
    const { id, isDir, fileSize } = await register('single.txt');

    expect([isDir, fileSize]).toEqual([false, 9]);
    expect(await get(`/artifacts/${id}/files`)).toEqual([
      {
        relativePath: '',
        isDir: true,
        fileSize: null,
        fileUrl: `/api/v1/artifacts/${id}/contents`,
      },
    ]);
  });

  it.each(['path=x', 'fileType=zip', 'path=x&fileType=tar_gz', 'path='])(
    'cannot be picked or packed where it is a file: %s',
    async (query) => {
      await store(`file ${query}`);
      const { id } = await register(`file ${query}`);

      const answer = await world.owner.get(`/api/v1/artifacts/${id}/contents?${query}`);

      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'QueryParameterValidationError', detail: {} },
      });
    },
  );

  it('are picked by safe paths alone', async () => {
    await store('safe/in/a.txt');
    const { id } = await register('safe');
    const ask = (query: string) => world.owner.get(`/api/v1/artifacts/${id}/contents?${query}`);

    for (const path of ['../once.txt', '/in', 'in/', 'in//a.txt', './in', 'in\\a.txt', 'none']) {
      expect(await ask(`path=${encodeURIComponent(path)}`)).toMatchObject({
        status: 400,
        body: { error: 'QueryParameterValidationError' },
      });
    }
    for (const query of ['path=in/a.txt', 'path=in', 'path=', 'fileType=zip', '']) {
      expect([query, (await ask(query)).status]).toEqual([query, 302]);
    }
    expect((await ask('fileType=rar')).body.errors).toHaveProperty('fileType');
  });
});

describe('the list of artifacts', () => {
  const ids: number[] = [];
  beforeAll(async () => {
    const [one, two, same] = [
      await newTask(types.string, types.any),
      await newTask(types.any, types.string),
      await newTask(types.string, types.any),
    ];
    const wide = await newTask(...Array.from({ length: 40 }, () => types.string));
    const tasks = [one.body, two.body, same.body, {}, wide.body];
    for (const [n, task] of tasks.entries()) {
      await store(`list/${4 - n}.txt`);
      const description = `listed ${n % 2}`;
      ids.push((await register(`list/${4 - n}.txt`, { description, ...task })).id);
      app.clock.advance(1);
    }
  });
  const idsOf = async (query: string): Promise<readonly number[]> =>
    (await get(`/artifacts?groupId=${world.group.id}&search=listed&${query}`)).data.map(
      ({ id }: Json) => id,
    );
  const at = (...places: readonly number[]) => places.map((place) => ids[place]);

  it('holds those whose task has exactly these outputs', async () => {
    const { string, any } = types;

    expect(await idsOf(`outputParams=${string},${any}`)).toEqual(at(0, 2));
    expect(await idsOf(`outputParams=${any},${string}`)).toEqual(at(1));
    expect(await idsOf(`outputParams=${string}`)).toEqual([]);
    expect(await idsOf(`outputParams=${Array(40).fill(string).join()}`)).toEqual(at(4));
    expect(await idsOf(`outputParams=${string},${any}&sortBy=uri`)).toEqual(at(2, 0));
    const page = await get(`/artifacts?outputParams=${string},${any}&pageLength=1&search=listed`);
    expect(page.totalNumResults).toBe(2);
    expect(expectOk(await world.owner.get(page.next)).data[0].id).toBe(ids[2]);
  });

  it('forgets a task that was taken away, and finds one that came', async () => {
    const query = `outputParams=${types.any},${types.string}`;
    const task = (await get(`/artifacts/${ids[1]}`)).task;
    await world.owner.put(`/api/v1/artifacts/${ids[1]}`, { description: 'listed 1' });
    const without = await idsOf(query);
    await world.owner.put(`/api/v1/artifacts/${ids[1]}`, {
      description: 'listed 1',
      taskId: task.id,
      pluginSnapshotId: task.pluginResourceSnapshotId,
    });

    expect([without, await idsOf(query)]).toEqual([[], at(1)]);
  });

  it.each(['', 'x', '1,', '1,x', '1.5', '1&outputParams=2'])(
    'is not made for outputParams=%s',
    async (value) => {
      const answer = await world.owner.get(`/api/v1/artifacts?outputParams=${value}`);

      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['outputParams']]);
    },
  );

  it('is sorted by each of its fields', async () => {
    const up = [0, 1, 2, 3, 4] as const;
    const down = up.toReversed();

    expect(await idsOf('sortBy=id')).toEqual(at(...up));
    expect(await idsOf('sortBy=id&descending=true')).toEqual(at(...down));
    expect(await idsOf('sortBy=id&descending=true&index=1&pageLength=2')).toEqual(at(3, 2));
    expect(await idsOf('sortBy=uri')).toEqual(at(...down));
    expect(await idsOf('sortBy=description')).toEqual(at(0, 2, 4, 1, 3));
    expect(await idsOf('sortBy=job&descending=true')).toEqual(at(...up));
    expect(new Set(await idsOf('sortBy=createdOn'))).toEqual(new Set(ids));
    expect(new Set(await idsOf('sortBy=lastModifiedOn'))).toEqual(new Set(ids));
    const whole = (await get('/artifacts?sortBy=id&descending=true&pageLength=2')).data;
    expect(whole.map(({ id }: Json) => id)).toEqual(at(4, 3));
    const refused = await world.owner.get('/api/v1/artifacts?sortBy=artifactUri');
    expect(refused.body.error).toBe('SortParameterValidationError');
  });

  it('is searched by URI and description', async () => {
    const found = async (search: string) =>
      (await get(`/artifacts?search=${encodeURIComponent(search)}`)).totalNumResults;

    expect(await found('artifactUri:"*list/3.txt"')).toBe(1);
    expect(await found('description:"listed 1"')).toBe(2);
    expect(await found('tag:none')).toBe(0);
    const unknown = await world.owner.get('/api/v1/artifacts?search=uri:x');
    expect(unknown.status).toBe(422);
  });
});
