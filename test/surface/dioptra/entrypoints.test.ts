import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  newPlugin,
  openWorkbench,
  sampleFile,
  TYPE,
  type Workbench,
  writerFile,
} from './workbench.ts';

let bench: Workbench;
let steps: number;
let writers: number;
let queue: number;
let count = 0;

beforeAll(async () => {
  bench = await openWorkbench();
  steps = (await newPlugin(bench, 'steps')).plugin.id;
  writers = (await newPlugin(bench, 'writers', writerFile())).plugin.id;
  queue = (await bench.ok('POST', '/queues', { group: 1, name: 'cpu' })).id;
});
beforeEach(() => {
  count += 1;
});
afterAll(() => bench.close());

const body = (overrides: object = {}) => ({
  group: 1,
  name: `hello ${count}`,
  description: 'greets',
  taskGraph: 'first:\n  greet: $who\nsecond:\n  greet: [$first.greeting]\n',
  artifactGraph: 'kept:\n  contents: $second\n  task:\n    name: text_writer\n',
  parameters: [
    { name: 'who', parameterType: 'string', defaultValue: 'world' },
    { name: 'unused', parameterType: 'float', defaultValue: '1' },
  ],
  plugins: [steps],
  artifactPlugins: [writers],
  queues: [queue],
  ...overrides,
});
const create = (overrides: object = {}) => bench.call('POST', '/entrypoints/', body(overrides));
const created = async (overrides: object = {}) => {
  const answer = await create(overrides);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
  return answer.json;
};

/** The body of a PUT that changes nothing of what `create` made. */
const change = (entrypoint: { plugins: Bound[]; artifactPlugins: Bound[] }, overrides = {}) => {
  const { group: _, plugins: _p, artifactPlugins: _a, ...rest } = body();
  return {
    ...rest,
    pluginSnapshotIds: entrypoint.plugins.map((plugin) => plugin.snapshotId),
    artifactPluginSnapshotIds: entrypoint.artifactPlugins.map((plugin) => plugin.snapshotId),
    ...overrides,
  };
};
interface Bound {
  readonly snapshotId: number;
}

describe('an entrypoint', () => {
  it('shows what it was made of', async () => {
    const made = await created();
    const plugin = await bench.ok('GET', `/plugins/${steps}`);

    expect(await bench.ok('GET', `/entrypoints/${made.id}`)).toEqual(made);
    expect(made).toMatchObject({
      name: `hello ${count}`,
      description: 'greets',
      taskGraph: body().taskGraph,
      artifactGraph: body().artifactGraph,
      parameters: body().parameters,
      artifactParameters: [],
      latestSnapshot: true,
      hasDraft: false,
      queues: [{ id: queue, name: 'cpu', deleted: false, url: `/api/v1/queues/${queue}` }],
    });
    const [file] = plugin.files;
    const [bound] = made.plugins;
    expect(bound).toEqual({
      id: steps,
      name: 'steps',
      snapshotId: plugin.snapshot,
      latestSnapshot: true,
      url: `/api/v1/plugins/${steps}/snapshots/${plugin.snapshot}`,
      files: [
        {
          id: file.id,
          filename: 'steps.py',
          snapshotId: expect.any(Number),
          url: expect.stringMatching(
            `^/api/v1/plugins/${steps}/files/${file.id}/snapshots/[0-9]+$`,
          ),
          tasks: file.tasks,
        },
      ],
    });
  });

  it('keeps the versions of its plugins until it is told to take newer ones', async () => {
    const { plugin, file } = await newPlugin(bench, 'moving');
    const made = await created({ plugins: [plugin.id] });
    const path = `/entrypoints/${made.id}`;
    await bench.ok('PUT', `/plugins/${plugin.id}/files/${file.id}`, sampleFile({ contents: '2' }));
    const later = await bench.ok('GET', path);
    const [rebound] = await bench.ok('POST', `${path}/plugins`, { plugins: [plugin.id] });
    const old = await bench.ok('GET', `${path}/snapshots/${made.snapshot}`);

    expect(later.plugins[0]).toMatchObject({ snapshotId: plugin.snapshot, latestSnapshot: false });
    expect(rebound.latestSnapshot).toBe(true);
    expect(rebound.snapshotId).toBeGreaterThan(plugin.snapshot);
    expect(old.plugins[0].snapshotId).toBe(plugin.snapshot);
    expect(old).toMatchObject({ latestSnapshot: false, queues: made.queues });
  });

  it('is kept when deleted, but cannot be changed', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}`;
    const put = await bench.call('PUT', path, change(made));
    await bench.ok('DELETE', path);

    expect(put.status).toBe(200);
    expect(await bench.ok('DELETE', path)).toEqual({ id: [made.id], status: 'Success' });
    expect(await bench.ok('GET', path)).toMatchObject({ deleted: true });
    const refused = await bench.call('PUT', path, change(made));
    expect([refused.status, refused.json.error]).toEqual([423, 'EntityDeletedError']);
    expect((await bench.call('POST', `${path}/plugins`, { plugins: [steps] })).status).toBe(423);
    const list = await bench.ok('GET', `/entrypoints?search=name:'${made.name}'`);
    expect(list.totalNumResults).toBe(0);
  });

  it('is hidden from other groups', async () => {
    const group = await bench.ok('POST', '/groups', { name: 'private' });
    const plugin = (await newPlugin(bench, 'own', ownFile, group.id)).plugin;
    const made = await created({
      ...{ group: group.id, plugins: [plugin.id], artifactPlugins: [], queues: [] },
      artifactGraph: '',
      taskGraph: 'a: { act: [] }',
      parameters: [],
    });
    const asBob = (path: string) =>
      bench.call('GET', `/entrypoints/${made.id}${path}`, undefined, 'bob');

    for (const path of [
      '',
      '/plugins',
      '/queues',
      '/snapshots',
      `/snapshots/${made.snapshot}/config`,
    ]) {
      expect((await asBob(path)).status).toBe(404);
    }
    expect((await asBob(`/snapshots/${made.snapshot}/plugins/bundle`)).status).toBe(404);
    // What belongs to one group cannot be bound in another.
    const crossing = await create({ plugins: [plugin.id] });
    expect([crossing.status, crossing.json.detail.ids_not_found]).toEqual([404, [plugin.id]]);
  });

  const ownFile = {
    filename: 'act.py',
    contents: '',
    tasks: { functions: [{ name: 'act', inputParams: [], outputParams: [] }] },
  };
});

describe('the engine document', () => {
  it('is what the engine of Dioptra runs', async () => {
    const made = await created();
    const config = await bench.ok(
      'GET',
      `/entrypoints/${made.id}/snapshots/${made.snapshot}/config`,
    );

    expect(config).toEqual({
      types: {},
      parameters: { who: { default: 'world', type: 'string' } },
      tasks: {
        greet: {
          plugin: 'steps.steps.greet',
          inputs: [{ name: 'name', type: 'string', required: true }],
          outputs: { greeting: 'string' },
        },
      },
      graph: { first: { greet: '$who' }, second: { greet: ['$first.greeting'] } },
      artifact_outputs: { kept: { contents: '$second', task: { name: 'text_writer' } } },
      artifact_inputs: {},
    });
  });

  it('keeps floats floats and the order of steps', async () => {
    const taskGraph = 'zeta:\n  greet: [$rate]\nalpha:\n  greet: [12345678901234567890]\n';
    const { plugin } = await newPlugin(bench, `exact${count}`, {
      ...sampleFile(),
      tasks: {
        functions: [
          {
            name: 'greet',
            inputParams: [{ name: 'name', parameterType: TYPE.any }],
            outputParams: [],
          },
        ],
      },
    });
    const parameters = [{ name: 'rate', parameterType: 'float', defaultValue: '2' }];
    const made = await created({ taskGraph, parameters, artifactGraph: '', plugins: [plugin.id] });
    const path = `/entrypoints/${made.id}/snapshots/${made.snapshot}/config`;
    const text = new TextDecoder().decode((await bench.call('GET', path)).bytes);

    expect(text).toContain('"parameters":{"rate":{"default":2.0,"type":"number"}}');
    expect(text).toContain(
      '"graph":{"zeta":{"greet":["$rate"]},"alpha":{"greet":[12345678901234567890]}}',
    );
  });

  it('comes in sections', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}/snapshots/${made.snapshot}/config`;
    const some = await bench.ok('GET', `${path}?sections=graph,parameters&partial=False`);
    const unknown = await bench.call('GET', `${path}?sections=graphs`);

    expect(Object.keys(some).sort()).toEqual(['graph', 'parameters']);
    expect([unknown.status, unknown.json.error]).toEqual([400, 'QueryParameterValidationError']);
  });

  it('holds the types of the group, and names them as they are now', async () => {
    const type = await bench.ok('POST', '/pluginParameterTypes', {
      group: 1,
      name: 'words',
      structure: { list: 'string' },
    });
    const artifactParameters = [
      { name: 'text', outputParams: [{ name: 'lines', parameterType: type.id }] },
    ];
    const made = await created({ artifactParameters });
    const config = await bench.ok(
      'GET',
      `/entrypoints/${made.id}/snapshots/${made.snapshot}/config`,
    );
    await bench.ok('DELETE', `/pluginParameterTypes/${type.id}`);

    expect(config.types).toEqual({ words: { list: 'string' } });
    expect(config.artifact_inputs).toEqual({ text: { lines: 'words' } });
    expect(made.artifactParameters[0].outputParams[0].parameterType).toMatchObject({
      id: type.id,
      name: 'words',
      deleted: false,
    });
    expect((await create({ artifactParameters, name: 'other' })).json.detail).toMatchObject({
      entity_type: 'plugin_task_parameter_type',
      ids_not_found: [type.id],
    });
  });
});

describe('a save is refused', () => {
  it.each([
    ['a group that is not there', { group: 99 }, 404, 'EntityDoesNotExistError'],
    [
      'a default of another type',
      { parameters: [{ name: 'who', parameterType: 'integer', defaultValue: 'x' }] },
      400,
      'EntrypointParameterTypeMismatchError',
    ],
    ['a plugin that is not there', { plugins: [9_999] }, 404, 'EntityDoesNotExistError'],
    ['broken YAML', { taskGraph: 'a: [' }, 400, 'InvalidYamlError'],
    ['an empty graph', { taskGraph: '# nothing\n' }, 400, 'EmptyGraphError'],
    ['no graph at all', { taskGraph: '' }, 400, 'EmptyGraphError'],
    ['a graph without meaning', { taskGraph: 'a: { b: 1 }' }, 400, 'EntrypointValidationError'],
    ['a queue that is not there', { queues: [9_999] }, 404, 'EntityDoesNotExistError'],
    [
      'two parameters of one name',
      { parameters: ['a', 'a'].map((name) => ({ name, parameterType: 'string' })) },
      400,
      'QueryParameterNotUniqueError',
    ],
  ])('for %s', async (_what, overrides, status, error) => {
    const answer = await create(overrides);

    expect([answer.status, answer.json.error]).toEqual([status, error]);
    const list = await bench.ok('GET', `/entrypoints?search=name:'hello ${count}'`);
    expect(list.totalNumResults).toBe(0);
  });

  it('for a plugin that is to run steps and to write artifacts', async () => {
    const answer = await create({ artifactPlugins: [steps] });

    expect([answer.status, answer.json.error]).toEqual([400, 'PluginTaskArtifactTaskOverlapError']);
  });

  it('with everything that is wrong with the graph, by kind', async () => {
    const reasons = async (overrides: object) => (await create(overrides)).json.detail.reason;

    expect(await reasons({ taskGraph: 'second: { greet: $nobody }' })).toEqual({
      rendered_validation_errors: [expect.stringMatching(/^semantic\.error: \[Swap combination /)],
      missing_global_params: ['nobody'],
    });
    expect(await reasons({ taskGraph: 'a: { unknown: 1 }' })).toEqual({
      swap_issues: [expect.stringContaining('unknown')],
    });
    expect(await reasons({ artifactPlugins: [] })).toEqual({
      rendered_validation_errors: [expect.stringContaining('"text_writer"')],
    });
    const untyped = [{ name: 'who', parameterType: 'mapping' }];
    expect(await reasons({ parameters: untyped })).toEqual({
      schema_issues: [expect.stringContaining('"who"')],
    });
  });

  it('for the first of several faults, in the order that clients know', async () => {
    const made = await created();
    const faults: [object, string][] = [
      [{ queues: [9_999] }, 'EntityDoesNotExistError'],
      [{ name: made.name }, 'EntityExistsError'],
      [{ taskGraph: 'a: { unknown: 1 }' }, 'EntrypointValidationError'],
      [{ plugins: [9_999] }, 'EntityDoesNotExistError'],
      [
        { parameters: [{ name: 'who', parameterType: 'float', defaultValue: 'x' }] },
        'EntrypointParameterTypeMismatchError',
      ],
      [
        {
          artifactParameters: [{ name: 'a', outputParams: [{ name: 'b', parameterType: 9_999 }] }],
        },
        'EntityDoesNotExistError',
      ],
    ];

    let all = {};
    for (const [fault, error] of faults) {
      all = { ...all, ...fault };
      expect((await create({ name: 'new one', ...all })).json.error).toBe(error);
    }
    const { detail } = (await create(all)).json;
    expect(detail.entity_type).toBe('plugin_task_parameter_type');
  });
});

describe('a PUT', () => {
  it('replaces all, and may bind the versions that are bound or the newest', async () => {
    const { plugin, file } = await newPlugin(bench, 'replacing');
    const made = await created({ plugins: [plugin.id] });
    const path = `/entrypoints/${made.id}`;
    const filePath = `/plugins/${plugin.id}/files/${file.id}`;
    await bench.ok('PUT', filePath, sampleFile({ contents: 'middle' }));
    const middle = (await bench.ok('GET', `/plugins/${plugin.id}`)).snapshot;
    await bench.ok('PUT', filePath, sampleFile({ contents: 'newest' }));
    const newest = (await bench.ok('GET', `/plugins/${plugin.id}`)).snapshot;
    const put = (ids: number[]) =>
      bench.call(
        'PUT',
        path,
        change(made, { pluginSnapshotIds: ids, description: null, queues: [] }),
      );

    const kept = await put([plugin.snapshot]);
    const stale = await put([middle]);
    const twice = await put([plugin.snapshot, newest]);
    const unknown = await put([999_999]);
    const moved = await put([newest]);

    expect(kept.json).toMatchObject({ description: '', queues: [] });
    expect(kept.json.plugins[0]).toMatchObject({
      snapshotId: plugin.snapshot,
      latestSnapshot: false,
    });
    expect([stale.status, stale.json.error]).toEqual([400, 'EntrypointValidationError']);
    expect(stale.json.detail.reason.schema_issues).toEqual([expect.stringContaining(`${middle}`)]);
    expect(twice.json.detail.reason.schema_issues).toEqual([
      expect.stringContaining('more than one snapshot'),
    ]);
    expect([unknown.status, unknown.json.detail]).toEqual([
      404,
      { entity_type: 'plugin', ids_not_found: [999_999], num_expected: 1, num_found: 0 },
    ]);
    expect(moved.json.plugins[0]).toMatchObject({ snapshotId: newest, latestSnapshot: true });
    expect((await bench.ok('GET', `${path}/snapshots`)).totalNumResults).toBe(3);
  });

  it('needs both complete lists', async () => {
    const made = await created();
    const { pluginSnapshotIds: _, ...without } = change(made);

    expect((await bench.call('PUT', `/entrypoints/${made.id}`, without)).json.errors).toEqual({
      pluginSnapshotIds: ['Missing data for required field.'],
    });
  });

  it('may keep its own name, but not take another’s', async () => {
    const first = await created();
    const second = await created({ name: `other ${count}` });
    const path = `/entrypoints/${second.id}`;
    const kept = await bench.call('PUT', path, change(second, { name: second.name }));
    const taken = await bench.call('PUT', path, change(second, { name: first.name }));

    expect(kept.status).toBe(200);
    expect([taken.status, taken.json.detail.existing_id]).toEqual([409, first.id]);
  });
});

describe('validateOnly', () => {
  it('checks a new entrypoint and saves nothing', async () => {
    const answer = await bench.call('POST', '/entrypoints?validateOnly=True', body());
    const bad = { ...body(), taskGraph: 'a: { unknown: 1 }' };
    const refused = await bench.call('POST', '/entrypoints?validateOnly=true', bad);

    expect(answer.json).toMatchObject({ name: `hello ${count}`, plugins: [{ id: steps }] });
    for (const field of ['id', 'createdOn', 'snapshot', 'snapshotCreatedOn', 'lastModifiedOn']) {
      expect(answer.json).not.toHaveProperty(field);
    }
    expect(refused.json.error).toBe('EntrypointValidationError');
    expect((await create()).status).toBe(200);
  });

  it('checks a change and saves nothing', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}`;
    const changed = change(made, { description: 'later', queues: [] });
    const answer = await bench.ok('PUT', `${path}?validateOnly=true`, changed);

    expect(answer).toMatchObject({ id: made.id, createdOn: made.createdOn, description: 'later' });
    expect(answer).not.toHaveProperty('snapshot');
    expect(await bench.ok('GET', path)).toEqual(made);
    const taken = change(made, { queues: [9_999] });
    expect((await bench.call('PUT', `${path}?validateOnly=true`, taken)).status).toBe(404);
    expect((await bench.call('PUT', `${path}?validateOnly=true`, changed, '')).status).toBe(401);
  });
});

describe('plugins of an entrypoint', () => {
  it('are added and taken away with a snapshot each', async () => {
    const extra = (await newPlugin(bench, `extra${count}`)).plugin;
    const made = await created({ plugins: [steps] });
    const path = `/entrypoints/${made.id}`;
    const added = await bench.ok('POST', `${path}/plugins`, { plugins: [extra.id] });
    const one = await bench.ok('GET', `${path}/plugins/${extra.id}`);
    const removed = await bench.ok('DELETE', `${path}/plugins/${steps}`);
    const left = await bench.ok('GET', `${path}/plugins`);

    expect(added.map((plugin: { id: number }) => plugin.id)).toEqual([steps, extra.id]);
    expect(one).toEqual(added[1]);
    expect(removed).toEqual({ id: [steps], status: 'Success' });
    expect(left).toEqual([one]);
    expect((await bench.ok('GET', `${path}/snapshots`)).totalNumResults).toBe(3);
    const config = await bench.ok(
      'GET',
      `${path}/snapshots/${(await bench.ok('GET', path)).snapshot}/config`,
    );
    expect(config.tasks.greet.plugin).toBe(`extra${count}.steps.greet`);
    expect((await bench.call('GET', `${path}/plugins/${steps}`)).status).toBe(404);
    expect((await bench.call('DELETE', `${path}/plugins/${steps}`)).status).toBe(404);
  });

  it('stay when a step or an artifact needs them', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}`;

    expect((await bench.call('DELETE', `${path}/plugins/${steps}`)).json.error).toBe(
      'EntrypointValidationError',
    );
    expect((await bench.call('DELETE', `${path}/artifactPlugins/${writers}`)).json.error).toBe(
      'EntrypointValidationError',
    );
    expect(await bench.ok('GET', path)).toEqual(made);
  });

  it('are in one of the two lists only', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}`;
    const asSteps = await bench.call('POST', `${path}/plugins`, { plugins: [writers] });
    const asWriters = await bench.call('POST', `${path}/artifactPlugins`, {
      artifactPlugins: [steps],
    });

    expect(asSteps.json.error).toBe('PluginTaskArtifactTaskOverlapError');
    expect(asWriters.json.error).toBe('ArtifactTaskPluginTaskOverlapError');
  });

  it('write artifacts from the version that is bound', async () => {
    const made = await created();
    const path = `/entrypoints/${made.id}`;
    const [bound] = await bench.ok('GET', `${path}/snapshots/${made.snapshot}/artifactPlugins`);

    expect(bound).toMatchObject({ id: writers, name: 'writers' });
    expect(bound.files[0].tasks.artifacts).toEqual([
      { id: expect.any(Number), name: 'text_writer', outputParams: [expect.anything()] },
    ]);
    expect(await bench.ok('GET', `${path}/artifactPlugins/${writers}`)).toEqual(bound);
    expect(await bench.ok('GET', `${path}/artifactPlugins`)).toEqual([bound]);
  });
});

describe('queues of an entrypoint', () => {
  it('are linked without a snapshot', async () => {
    const other = (await bench.ok('POST', '/queues', { group: 1, name: `gpu ${count}` })).id;
    const made = await created();
    const path = `/entrypoints/${made.id}/queues`;
    const idsOf = (queues: { id: number }[]) => queues.map(({ id }) => id);

    expect(idsOf(await bench.ok('POST', path, { ids: [other, queue] }))).toEqual([queue, other]);
    expect(await bench.ok('DELETE', `${path}/${queue}`)).toEqual({
      id: [queue],
      status: 'Success',
    });
    expect((await bench.call('DELETE', `${path}/${queue}`)).status).toBe(404);
    expect(idsOf(await bench.ok('PUT', path, { ids: [queue] }))).toEqual([queue]);
    expect((await bench.call('POST', path, { ids: [steps] })).json.detail).toMatchObject({
      entity_type: 'queue',
      ids_not_found: [steps],
    });
    expect(await bench.ok('DELETE', path)).toEqual({ id: [queue], status: 'Success' });
    expect(await bench.ok('GET', path)).toEqual([]);
    expect((await bench.ok('GET', `/entrypoints/${made.id}`)).snapshot).toBe(made.snapshot);
  });
});

describe('bundles of an entrypoint', () => {
  it('hold its plugins, and a manifest alone where there are none', async () => {
    const made = await created({ artifactPlugins: [], artifactGraph: '' });
    const path = `/entrypoints/${made.id}/snapshots/${made.snapshot}`;
    const plugins = await bench.call('GET', `${path}/plugins/bundle?fileType=zip`);
    const none = await bench.call('GET', `${path}/artifactPlugins/bundle?fileType=zip`);
    const gzip = await bench.call('GET', `${path}/artifactPlugins/bundle`);

    expect(Buffer.from(plugins.bytes).toString('latin1')).toContain('steps/steps.py');
    expect(plugins.headers.get('content-disposition')).toContain('plugins_bundle.zip');
    expect(Buffer.from(none.bytes).toString('latin1')).toContain('manifest.json');
    expect(gzip.headers.get('content-disposition')).toBe(
      'attachment; filename=artifact_serialize_bundle.tar.gz',
    );
    expect([...gzip.bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });
});
