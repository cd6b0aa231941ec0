import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORDS_GRAPH, wordTasks } from './words.ts';
import { newPlugin, openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
let plugin: number;
let file: { readonly snapshot: number };
let queue: number;
let experiment: number;
let entrypoint: { readonly id: number; readonly snapshot: number };

const body = (name: string, more: object = {}) => ({
  group: 1,
  name,
  taskGraph: WORDS_GRAPH,
  parameters: [
    { name: 'who', parameterType: 'string', defaultValue: null },
    { name: 'limit', parameterType: 'integer', defaultValue: '3' },
    { name: 'unused', parameterType: 'float', defaultValue: '1' },
  ],
  plugins: [plugin],
  queues: [queue],
  ...more,
});

beforeAll(async () => {
  bench = await openWorkbench();
  const made = await newPlugin(bench, 'words', {
    filename: 'w.py',
    contents: '',
    tasks: wordTasks,
  });
  plugin = made.plugin.id;
  file = made.file;
  queue = (await bench.ok('POST', '/queues', { group: 1, name: 'cpu' })).id;
  entrypoint = await bench.ok('POST', '/entrypoints', body('words'));
  const named = { group: 1, name: 'words', entrypoints: [entrypoint.id] };
  experiment = (await bench.ok('POST', '/experiments', named)).id;
});
afterAll(() => bench.close());

const version = (path: string) =>
  `/entrypoints/${entrypoint.id}/snapshots/${entrypoint.snapshot}/${path}`;
const errorOf = async (path: string) => {
  const { status, json } = await bench.call('GET', version(path));
  return [status, json.error ?? json.errors];
};

describe('the document of an entrypoint with swaps', () => {
  it('has the chosen alias and its parameters alone', async () => {
    const config = await bench.ok('GET', version('config?swaps[HOW]=by_number'));

    expect(config.graph).toEqual({
      make: {
        '?HOW': { '?outputs': ['said'], by_number: { task: 'count', kwargs: { up_to: '$limit' } } },
      },
      show_it: { show: '$make.said' },
    });
    expect(config.parameters).toEqual({ limit: { default: 3, type: 'integer' } });
    expect(Object.keys(config.tasks)).toEqual(['greet', 'count', 'measure', 'show']);
  });

  it('may be asked for in part, with all aliases and parameters', async () => {
    const { graph, parameters } = await bench.ok('GET', version('config?partial=True'));

    expect(Object.keys(graph.make['?HOW'])).toEqual(['?outputs', 'by_name', 'by_number']);
    expect(Object.keys(parameters)).toEqual(['who', 'limit', 'unused']);
  });

  it('needs no choice for sections that do not depend on one', async () => {
    expect(Object.keys(await bench.ok('GET', version('config?sections=types')))).toEqual(['types']);
  });

  it.each([
    ['config', 'EntrypointSwapsRenderError'],
    ['config?sections=graph', 'EntrypointSwapsRenderError'],
    ['config?swaps[HOW]=shouting', 'EntrypointSwapsRenderError'],
    ['config?swaps[HOW]=by_name&swaps[WHY]=x', 'EntrypointSwapsRenderError'],
    ['config?partial=1&swaps[WHY]=x', 'EntrypointSwapsRenderError'],
    ['dynamicGlobalParameters', 'EntrypointSwapsRenderError'],
    ['config?swaps=by_name', { swaps: [expect.any(String)] }],
    ['config?swaps[]=by_name', { swaps: [expect.any(String)] }],
    ['config?swaps[HOW=by_name', { swaps: [expect.any(String)] }],
    ['config?swaps[HOW]=by_name&swaps[HOW]=by_number', { swaps: [expect.any(String)] }],
  ])('refuses %s', async (path, error) => {
    expect(await errorOf(path)).toEqual([400, error]);
  });

  it('tells what can be chosen', async () => {
    const choice = { swapName: 'HOW', pluginFileResourceSnapshotId: file.snapshot };

    expect(await bench.ok('GET', version('swaps'))).toEqual([
      { ...choice, taskAlias: 'by_name', taskName: 'greet', entrypointKeywordArgs: ['who'] },
      { ...choice, taskAlias: 'by_number', taskName: 'count', entrypointKeywordArgs: ['limit'] },
    ]);
  });

  it('tells what follows from a choice', async () => {
    const needs = await bench.ok('GET', version('dynamicGlobalParameters?swaps[HOW]=by_name'));

    expect(needs).toEqual({
      entrypointParams: [{ name: 'who', parameterType: 'string', defaultValue: null }],
      topologicalSort: ['make', 'show_it'],
      activePlugins: [expect.objectContaining({ id: plugin, name: 'words', deleted: false })],
    });
  });
});

describe('a job of an entrypoint with swaps', () => {
  const submit = (swaps: object[], values = {}) =>
    bench.call('POST', `/experiments/${experiment}/jobs`, {
      entrypoint: entrypoint.id,
      queue,
      swaps,
      values,
    });
  const how = (task_alias: string) => ({ swap_name: 'HOW', task_alias });

  it('keeps its choice, with what that needs', async () => {
    const { json: job } = await submit([how('by_number')]);
    const config = await bench.ok('GET', `/jobs/${job.id}/config`);

    expect(job).toMatchObject({
      values: { limit: '3' },
      swaps: [
        {
          swapName: 'HOW',
          taskAlias: 'by_number',
          taskName: 'count',
          pluginFileResourceSnapshotId: file.snapshot,
        },
      ],
    });
    expect(await bench.ok('GET', `/jobs/${job.id}/parameters`)).toEqual({ limit: 3 });
    expect(Object.keys(config.graph.make['?HOW'])).toEqual(['?outputs', 'by_number']);
    expect(Object.keys(config.parameters)).toEqual(['limit']);
  });

  it.each([
    [[], 'UnspecifiedSwapsError'],
    [[how('shouting')], 'SwapChoiceError'],
    [[how('by_number'), { swap_name: 'WHY', task_alias: 'x' }], 'SwapChoiceError'],
    [[how('by_name')], 'JobParameterMissingError'],
  ])('refuses the choices %j', async (swaps, error) => {
    expect(await submit(swaps)).toMatchObject({ status: 400, json: { error } });
  });

  it('refuses two choices of one swap', async () => {
    const answer = await submit([how('by_number'), how('by_name')]);

    expect(answer).toMatchObject({
      status: 400,
      json: { errors: { swaps: [expect.stringContaining('HOW')] } },
    });
  });
});

describe('a save', () => {
  const reasonOf = async (taskGraph: string, query = '') => {
    const path = `/entrypoints${query}`;
    const { status, json } = await bench.call('POST', path, body('wrong', { taskGraph }));
    expect([status, json.error]).toEqual([400, 'EntrypointValidationError']);
    return json.detail.reason;
  };

  it.each(['', '?validateOnly=true'])('says where types are wrong%s', async (query) => {
    expect(await reasonOf('a:\n  measure: []\nb:\n  show: [$a]\n', query)).toEqual({
      rendered_validation_errors: [
        'type.error: [Swap combination {}] In step "b", input "text" of task "show": it takes string, not integer (line 4, column 10)',
      ],
    });
  });

  it('names the choices under which something is wrong', async () => {
    const choices = 'x: { greet: $who }, y: { greet: $limit }';
    const graph = `a: { "?S": { "?outputs": [said], ${choices} } }`;

    expect(await reasonOf(graph)).toEqual({
      rendered_validation_errors: [
        expect.stringMatching(/^type\.error: \[Swap combination \{'S': 'y'\}\] .*not integer/),
      ],
    });
  });

  it('wants choices that put out the same', async () => {
    const choices = 'x: { greet: $who }, y: { measure: [] }';

    expect(await reasonOf(`a: { "?S": { "?outputs": [said], ${choices} } }`)).toEqual({
      swap_issues: [expect.stringContaining('outputs of different types')],
    });
  });
});
