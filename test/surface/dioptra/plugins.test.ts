import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newPlugin,
  openWorkbench,
  sampleFile,
  TYPE,
  type Workbench,
  writerFile,
} from './workbench.ts';

let bench: Workbench;
let refusedPaths = 0;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.close());

/** Contents of the files of a tar.gz, by path. */
async function unpacked(bytes: Uint8Array): Promise<Record<string, string>> {
  const tar = extract();
  tar.end(gunzipSync(bytes));
  const files: Record<string, string> = {};
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

describe('plugins', () => {
  it('are created empty, renamed, and gone when deleted', async () => {
    const made = await bench.ok('POST', '/plugins/', { group: 1, name: 'tools', description: 'd' });
    const path = `/plugins/${made.id}`;
    const renamed = await bench.ok('PUT', path, { name: 'toolbox' });
    const again = await bench.call('POST', '/plugins', { group: 1, name: 'tools' });
    const deleted = await bench.ok('DELETE', path);

    expect(made).toMatchObject({ name: 'tools', description: 'd', files: [], hasDraft: false });
    expect(renamed).toMatchObject({ id: made.id, name: 'toolbox', description: '' });
    expect(again.status).toBe(200);
    expect(deleted).toEqual({ status: 'Success' });
    expect((await bench.call('GET', path)).status).toBe(404);
    expect((await bench.call('DELETE', path)).status).toBe(404);
    expect((await bench.call('PUT', path, { name: 'toolbox' })).status).toBe(404);
    expect((await bench.ok('GET', `${path}/snapshots`)).totalNumResults).toBe(2);
    expect(await bench.ok('GET', `${path}/snapshots/${made.snapshot}`)).toMatchObject({
      name: 'tools',
      latestSnapshot: false,
      deleted: true,
    });
  });

  it.each(['1st', 'a-b', '_', '', 'a b'])('refuse the name %j', async (name) => {
    const answer = await bench.call('POST', '/plugins', { group: 1, name });

    expect([answer.status, answer.json.error]).toEqual([400, 'ResourceNameError']);
  });

  it('are hidden from other groups', async () => {
    const group = await bench.ok('POST', '/groups', { name: 'mine' });
    const { id } = await bench.ok('POST', '/plugins', { group: group.id, name: 'hidden' });
    const asBob = (method: 'GET' | 'DELETE', path: string) =>
      bench.call(method, path, undefined, 'bob');

    expect((await asBob('GET', `/plugins/${id}`)).status).toBe(404);
    expect((await asBob('GET', `/plugins/${id}/files`)).status).toBe(404);
    expect((await asBob('DELETE', `/plugins/${id}`)).status).toBe(404);
    expect((await bench.call('POST', `/plugins/${id}/files`, sampleFile(), 'bob')).status).toBe(
      404,
    );
    expect(
      (await bench.call('POST', '/plugins', { group: group.id, name: 'b' }, 'bob')).status,
    ).toBe(404);
    expect((await bench.call('GET', `/plugins/${id}`, undefined, '')).status).toBe(401);
  });
});

describe('plugin files', () => {
  it('show their tasks with ids and types, and make a snapshot of the plugin', async () => {
    const empty = await bench.ok('POST', '/plugins', { group: 1, name: 'shown' });
    const file = await bench.ok('POST', `/plugins/${empty.id}/files`, sampleFile());
    const plugin = await bench.ok('GET', `/plugins/${empty.id}`);

    expect(file.plugin).toMatchObject({
      id: empty.id,
      name: 'shown',
      url: `/api/v1/plugins/${empty.id}`,
    });
    expect(file.tasks).toEqual({
      functions: [
        {
          id: expect.any(Number),
          name: 'greet',
          inputParams: [
            {
              name: 'name',
              required: true,
              parameterType: {
                id: TYPE.string,
                group: { id: 1, name: 'public', url: '/api/v1/groups/1' },
                url: '/api/v1/pluginParameterTypes/2',
                deleted: false,
                name: 'string',
              },
            },
          ],
          outputParams: [{ name: 'greeting', parameterType: expect.objectContaining({ id: 2 }) }],
        },
      ],
      artifacts: [],
    });
    expect(plugin.snapshot).toBeGreaterThan(file.snapshot);
    expect(plugin.files).toEqual([
      {
        id: file.id,
        group: file.group,
        url: `/api/v1/plugins/${empty.id}/files/${file.id}`,
        deleted: false,
        filename: 'steps.py',
        tasks: file.tasks,
      },
    ]);
    expect(await bench.ok('GET', `/plugins/${empty.id}/snapshots/${empty.snapshot}`)).toMatchObject(
      {
        files: [],
        latestSnapshot: false,
      },
    );
  });

  it('are changed, and old versions of file and plugin stay as they were', async () => {
    const { plugin, file } = await newPlugin(bench, 'changing');
    const path = `/plugins/${plugin.id}/files/${file.id}`;
    const changed = await bench.ok('PUT', path, sampleFile({ contents: 'new', filename: 'b.py' }));
    const now = await bench.ok('GET', `/plugins/${plugin.id}`);
    const old = await bench.ok('GET', `/plugins/${plugin.id}/snapshots/${plugin.snapshot}`);

    expect(await bench.ok('GET', path)).toEqual(changed);
    expect(changed).toMatchObject({ contents: 'new', filename: 'b.py', latestSnapshot: true });
    expect(now.snapshot).toBeGreaterThan(plugin.snapshot);
    expect([now.files[0].filename, old.files[0].filename]).toEqual(['b.py', 'steps.py']);
    expect(await bench.ok('GET', `${path}/snapshots/${file.snapshot}`)).toMatchObject({
      filename: 'steps.py',
      contents: file.contents,
      latestSnapshot: false,
    });
    expect((await bench.ok('GET', `${path}/snapshots`)).totalNumResults).toBe(2);
  });

  it('are listed, searched and sorted within their plugin', async () => {
    const { plugin } = await newPlugin(bench, 'listing');
    const files = `/plugins/${plugin.id}/files`;
    await bench.ok('POST', files, sampleFile({ filename: 'alpha.py' }));
    const named = (page: { data: { filename: string }[] }) => page.data.map((one) => one.filename);

    expect(named(await bench.ok('GET', files))).toEqual(['steps.py', 'alpha.py']);
    expect(named(await bench.ok('GET', `${files}?sortBy=filename`))).toEqual([
      'alpha.py',
      'steps.py',
    ]);
    expect(await bench.ok('GET', `${files}?search=filename:alpha.py`)).toMatchObject({
      totalNumResults: 1,
      first: `/api/v1/plugins/${plugin.id}/files?index=0&pageLength=10&search=filename%3Aalpha.py`,
    });
    expect((await bench.call('GET', `${files}?sortBy=name`)).json.error).toBe(
      'SortParameterValidationError',
    );
  });

  it('are deleted one by one or all at once, however many there are', async () => {
    const { plugin, file } = await newPlugin(bench, 'emptied');
    const files = `/plugins/${plugin.id}/files`;
    const one = await bench.ok('DELETE', `${files}/${file.id}`);
    const reused = await bench.ok('POST', files, sampleFile());
    const ids = [reused.id];
    for (let index = 0; index < 31; index += 1) {
      ids.push((await bench.ok('POST', files, sampleFile({ filename: `f${index}.py` }))).id);
    }
    const all = await bench.ok('DELETE', files);

    expect(one).toEqual({ id: [file.id], status: 'Success' });
    expect(all).toEqual({ id: ids, status: 'Success' });
    expect((await bench.ok('GET', files)).totalNumResults).toBe(0);
    expect((await bench.ok('GET', `/plugins/${plugin.id}`)).files).toEqual([]);
    expect((await bench.call('GET', `${files}/${reused.id}`)).status).toBe(404);
    expect(await bench.ok('DELETE', files)).toEqual({ id: [], status: 'Success' });
    const before = await bench.ok('GET', `/plugins/${plugin.id}/snapshots/${plugin.snapshot}`);
    expect(before.files[0]).toMatchObject({ id: file.id, deleted: true });
  });

  it('have paths of their own in the plugin, and belong to it', async () => {
    const { plugin, file } = await newPlugin(bench, 'first');
    const other = await newPlugin(bench, 'second');
    const again = await bench.call('POST', `/plugins/${plugin.id}/files`, sampleFile());
    const foreign = `/plugins/${other.plugin.id}/files/${file.id}`;

    expect(again.status).toBe(409);
    expect(again.json.detail).toMatchObject({
      entity_type: 'plugin_file',
      existing_id: file.id,
      entity_attributes: { filename: 'steps.py', plugin_id: plugin.id },
    });
    expect((await bench.call('GET', foreign)).json.detail).toEqual({
      entity_type: 'plugin_file',
      plugin_id: other.plugin.id,
      plugin_file_id: file.id,
    });
    expect((await bench.call('PUT', foreign, sampleFile())).status).toBe(404);
    expect((await bench.call('DELETE', foreign)).status).toBe(404);
    expect((await bench.call('GET', `${foreign}/snapshots/${file.snapshot}`)).status).toBe(404);
    expect((await bench.call('GET', `${foreign}/snapshots?index=9`)).status).toBe(404);
  });

  it('are gone with their plugin', async () => {
    const { plugin, file } = await newPlugin(bench, 'doomed');
    await bench.ok('DELETE', `/plugins/${plugin.id}`);

    expect((await bench.call('GET', `/plugins/${plugin.id}/files/${file.id}`)).status).toBe(404);
    expect((await bench.call('GET', `/plugins/${plugin.id}/files`)).status).toBe(404);
    expect((await bench.call('POST', `/plugins/${plugin.id}/files`, sampleFile())).status).toBe(
      404,
    );
  });

  const fn = (overrides: object) => ({
    name: 'f',
    inputParams: [],
    outputParams: [],
    ...overrides,
  });
  const param = (name: string, parameterType: number = TYPE.any) => ({ name, parameterType });
  it.each([
    ['two tasks of one name', { functions: [fn({}), fn({})] }, 'InputParameterNotUniqueError'],
    [
      'a function and an artifact task of one name',
      { functions: [fn({})], artifacts: [{ name: 'f', outputParams: [] }] },
      'InputParameterNotUniqueError',
    ],
    [
      'two inputs of one name',
      { functions: [fn({ inputParams: [param('a'), param('a')] })] },
      'InputParameterNotUniqueError',
    ],
    [
      'two outputs of one name',
      { artifacts: [{ name: 'f', outputParams: [param('a'), param('a')] }] },
      'InputParameterNotUniqueError',
    ],
    [
      'an unknown type',
      { functions: [fn({ inputParams: [param('a', 999)] })] },
      'EntityDoesNotExistError',
    ],
  ])('refuse %s', async (what, tasks, error) => {
    const { id } = await bench.ok('POST', '/plugins', {
      group: 1,
      name: what.replaceAll(' ', '_'),
    });
    const answer = await bench.call('POST', `/plugins/${id}/files`, sampleFile({ tasks }));

    expect(answer.json.error).toBe(error);
    expect((await bench.ok('GET', `/plugins/${id}/files`)).totalNumResults).toBe(0);
  });

  it('name the ids of types that are not the group’s', async () => {
    const group = await bench.ok('POST', '/groups', { name: 'elsewhere' });
    const { data } = await bench.ok('GET', `/pluginParameterTypes?groupId=${group.id}`);
    const { id } = await bench.ok('POST', '/plugins', { group: 1, name: 'crossing' });
    const tasks = { functions: [fn({ inputParams: [param('a', data[0].id), param('b')] })] };
    const answer = await bench.call('POST', `/plugins/${id}/files`, sampleFile({ tasks }));

    expect(answer.status).toBe(404);
    expect(answer.json.detail).toEqual({
      entity_type: 'plugin_task_parameter_type',
      ids_not_found: [data[0].id],
      num_expected: 2,
      num_found: 1,
    });
  });

  it.each(['../up.py', 'a/_b.py', 'a.txt', '/a.py'])('refuse the path %s', async (filename) => {
    const { plugin } = await newPlugin(bench, `paths${refusedPaths}`);
    refusedPaths += 1;
    const answer = await bench.call(
      'POST',
      `/plugins/${plugin.id}/files`,
      sampleFile({ filename }),
    );

    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.errors)).toEqual(['filename']);
  });

  it('want tasks, and both lists of parameters of a function', async () => {
    const { id } = await bench.ok('POST', '/plugins', { group: 1, name: 'wanting' });
    const { tasks: _, ...without } = sampleFile();
    const bare = sampleFile({ tasks: { functions: [{ name: 'f' }] } });
    const none = await bench.call('POST', `/plugins/${id}/files`, without);
    const half = await bench.call('POST', `/plugins/${id}/files`, bare);

    expect(none.json).toEqual({ errors: { tasks: ['Missing data for required field.'] } });
    expect(half.json.errors.tasks.functions['0']).toEqual({
      inputParams: ['Missing data for required field.'],
      outputParams: ['Missing data for required field.'],
    });
  });

  it('are all kept when two people add some at once', async () => {
    const { id } = await bench.ok('POST', '/plugins', { group: 1, name: 'busy' });
    const names = ['a.py', 'b.py', 'c.py'];
    await Promise.all(
      names.map((filename) => bench.ok('POST', `/plugins/${id}/files`, sampleFile({ filename }))),
    );

    const plugin = await bench.ok('GET', `/plugins/${id}`);
    expect(plugin.files.map((file: { filename: string }) => file.filename).sort()).toEqual(names);
    expect((await bench.ok('GET', `/plugins/${id}/snapshots`)).totalNumResults).toBe(4);
  });
});

describe('bundles of plugin files', () => {
  const bundle = (plugin: { id: number; snapshot: number }, query = '') =>
    bench.call('GET', `/plugins/${plugin.id}/snapshots/${plugin.snapshot}/files/bundle${query}`);

  it('hold the files of the version below the plugin’s name, and a manifest', async () => {
    const { plugin, file } = await newPlugin(bench, 'bundled');
    await bench.ok('POST', `/plugins/${plugin.id}/files`, writerFile({ filename: 'io/writer.py' }));
    const now = await bench.ok('GET', `/plugins/${plugin.id}`);
    await bench.ok(
      'PUT',
      `/plugins/${plugin.id}/files/${file.id}`,
      sampleFile({ contents: 'new' }),
    );
    await bench.ok('DELETE', `/plugins/${plugin.id}`);
    const answer = await bundle(now);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/gzip');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename=plugins_bundle.tar.gz',
    );
    expect(await unpacked(answer.bytes)).toEqual({
      'bundled/steps.py': file.contents,
      'bundled/io/writer.py': 'class TextWriter: pass\n',
      'manifest.json': '{}',
    });
    bench.clock.advance(60_000);
    expect(Buffer.from((await bundle(now)).bytes).equals(answer.bytes)).toBe(true);
  });

  it('come as zip where asked for', async () => {
    const { plugin } = await newPlugin(bench, 'zipped');
    const answer = await bundle(plugin, '?fileType=zip');
    const text = Buffer.from(answer.bytes).toString('latin1');

    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toContain('plugins_bundle.zip');
    expect(text.startsWith('PK')).toBe(true);
    expect(text).toContain('zipped/steps.py');
    expect(text).toContain('manifest.json');
    expect((await bundle(plugin, '?fileType=rar')).status).toBe(400);
  });

  it('are fetched from the blob store when they are large', async () => {
    const { plugin } = await newPlugin(bench, 'large');
    const noise = (seed: number) => {
      let state = seed;
      const chars = Array.from({ length: 3_900_000 }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return String.fromCharCode(32 + ((state >>> 16) % 95));
      });
      return chars.join('');
    };
    const contents = [noise(1), noise(2)];
    for (const [index, text] of contents.entries()) {
      const file = sampleFile({ filename: `n${index}.py`, contents: text });
      await bench.ok('POST', `/plugins/${plugin.id}/files`, file);
    }
    const now = await bench.ok('GET', `/plugins/${plugin.id}`);
    const answer = await bundle(now);
    const fetched = await bench.fetchBlob(answer.headers.get('location') ?? '');

    expect(answer.status).toBe(302);
    const files = await unpacked(new Uint8Array(await fetched.arrayBuffer()));
    expect(files['large/n1.py'] === contents[1]).toBe(true);
    expect(Object.keys(files)).toHaveLength(4);
  });

  it('of unknown versions are not there', async () => {
    const { plugin } = await newPlugin(bench, 'known');

    expect((await bundle({ ...plugin, snapshot: 999_999 })).json.detail).toMatchObject({
      snapshot_id: 999_999,
    });
  });
});
