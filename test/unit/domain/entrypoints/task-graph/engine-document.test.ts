import { describe, expect, test } from 'vitest';
import {
  type EntrypointSource,
  renderEngineDocument,
} from '#domain/entrypoints/task-graph/index.ts';

const source: EntrypointSource = {
  taskGraph: 'a: {load: [$path]}\nb: {split: {data: $a, share: $share}}',
  artifactGraph: 'kept: {contents: $names, task: {name: save}}',
  parameters: [
    { name: 'path', parameterType: 'string', defaultValue: '5' },
    { name: 'share', parameterType: 'float', defaultValue: null },
    { name: 'names', parameterType: 'list', defaultValue: '["x"]' },
    { name: 'unused', parameterType: 'integer', defaultValue: '1' },
  ],
  artifactParameters: [
    { name: 'one', outputParams: [{ name: 'rows', parameterType: 'table' }] },
    { name: 'none', outputParams: [] },
  ],
  plugins: [
    {
      name: 'data',
      files: [
        {
          filename: 'io/files.py',
          functionTasks: [
            {
              name: 'load',
              inputParams: [{ name: 'path', parameterType: 'string', required: true }],
              outputParams: [{ name: 'data', parameterType: 'table' }],
            },
          ],
        },
        {
          filename: 'io/__init__.py',
          functionTasks: [
            {
              name: 'split',
              inputParams: [
                { name: 'data', parameterType: 'table', required: true },
                { name: 'share', parameterType: 'number', required: false },
              ],
              outputParams: [
                { name: 'train', parameterType: 'any' },
                { name: 'test', parameterType: 'any' },
              ],
            },
            { name: 'done', inputParams: [], outputParams: [] },
          ],
        },
      ],
    },
  ],
  types: new Map([
    ['any', null],
    ['table', { list: 'row' }],
    ['row', null],
    ['other', { is_a: 'row' }],
  ]),
};

function documentOf(change: Partial<EntrypointSource> = {}, keep?: 'all') {
  const rendered = renderEngineDocument({ ...source, ...change }, keep);
  if (!rendered.ok) throw new Error(rendered.issue.message);
  return rendered.document;
}

describe('renderEngineDocument', () => {
  test('renders tasks, types, parameters, graph and artifacts', () => {
    expect(documentOf()).toEqual({
      types: { table: { list: 'row' }, row: null, other: { is_a: 'row' } },
      parameters: {
        path: { default: '5', type: 'string' },
        share: { type: 'number' },
        names: { default: ['x'] },
      },
      tasks: {
        load: {
          plugin: 'data.io.files.load',
          inputs: [{ name: 'path', type: 'string', required: true }],
          outputs: { data: 'table' },
        },
        split: {
          plugin: 'data.io.split',
          inputs: [
            { name: 'data', type: 'table', required: true },
            { name: 'share', type: 'number', required: false },
          ],
          outputs: [{ train: 'any' }, { test: 'any' }],
        },
        done: { plugin: 'data.io.done' },
      },
      graph: { a: { load: ['$path'] }, b: { split: { data: '$a', share: '$share' } } },
      artifact_outputs: { kept: { contents: '$names', task: { name: 'save' } } },
      artifact_inputs: { one: { rows: 'table' }, none: [] },
    });
  });

  test('keeps unused parameters on request', () => {
    expect(documentOf({}, 'all').parameters).toHaveProperty('unused', {
      default: 1,
      type: 'integer',
    });
  });

  test('types that mean nothing are left out, with those that are built from them', () => {
    const types = new Map([
      ...source.types,
      ['lost', { list: 'nowhere' }],
      ['circle', { list: 'circle' }],
      ['odd', { mapping: ['any', 'any'] }],
      ['child', { is_a: 'table' }],
      ['user', { tuple: ['row', 'lost'] }],
    ]);

    expect(Object.keys(documentOf({ types }).types)).toEqual(['table', 'row', 'other']);
  });

  test('of two tasks with one name the later is called', () => {
    const again = {
      name: 'more',
      files: [
        { filename: 'x.py', functionTasks: [{ name: 'load', inputParams: [], outputParams: [] }] },
      ],
    };

    expect(documentOf({ plugins: [...source.plugins, again] }).tasks.load).toEqual({
      plugin: 'more.x.load',
    });
  });

  test('a swap keeps all its choices', () => {
    const taskGraph = 'a: {"?MODEL": {"?outputs": [data], small: {load: [$path]}, big: {load: x}}}';

    expect(documentOf({ taskGraph })).toMatchObject({
      graph: { a: { '?MODEL': { '?outputs': ['data'], small: {}, big: {} } } },
      parameters: { path: {} },
    });
  });

  test('all defaults of another type are named', () => {
    const parameters = [
      { name: 'n', parameterType: 'integer', defaultValue: 'x' },
      { name: 'ok', parameterType: 'integer', defaultValue: '1' },
      { name: 'm', parameterType: 'mapping', defaultValue: '[]' },
    ] as const;

    const rendered = renderEngineDocument({ ...source, parameters });

    expect(rendered).toMatchObject({
      ok: false,
      issue: { kind: 'parameter_types', parameters: [{ name: 'n' }, { name: 'm' }] },
    });
  });

  test.each([
    [{ taskGraph: '' }, 'task_graph', 'empty'],
    [{ taskGraph: 'a: [' }, 'task_graph', 'invalid_yaml'],
    [{ artifactGraph: '- x' }, 'artifact_graph', 'schema'],
  ])('%j: says which graph is at fault', (change, where, kind) => {
    expect(renderEngineDocument({ ...source, ...change })).toMatchObject({
      ok: false,
      issue: { where, kind },
    });
  });
});
