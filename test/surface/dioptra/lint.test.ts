import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORDS_GRAPH, wordTasks } from './words.ts';
import { newPlugin, openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
let plugin: number;
let entrypoint: { readonly id: number };

const body = (name: string, more: object = {}) => ({
  group: 1,
  name,
  taskGraph: WORDS_GRAPH,
  parameters: [
    { name: 'who', parameterType: 'string', defaultValue: null },
    { name: 'limit', parameterType: 'integer', defaultValue: '3' },
  ],
  plugins: [plugin],
  ...more,
});

beforeAll(async () => {
  bench = await openWorkbench();
  const file = { filename: 'w.py', contents: '', tasks: wordTasks };
  plugin = (await newPlugin(bench, 'words', file)).plugin.id;
  entrypoint = await bench.ok('POST', '/entrypoints', body('words'));
});
afterAll(() => bench.close());

describe('a lint', () => {
  const lint = (more: object, path = '/entrypoints:lint') => {
    const { group, plugins, ...content } = body('to be looked over', more);
    return bench.call(
      'POST',
      path,
      path === '/entrypoints:lint' ? { ...content, group, plugins } : content,
    );
  };

  it.each([
    ['what is sound', WORDS_GRAPH],
    ['wrong types, which only a save looks at', 'a: { measure: [] }\nb: { show: $a }'],
    ['missing parameters likewise', 'a: { show: $nobody }'],
  ])('passes %s', async (_what, taskGraph) => {
    const before = (await bench.ok('GET', '/entrypoints')).totalNumResults;

    expect((await lint({ taskGraph })).json).toEqual({ valid: true, issues: [] });
    expect((await bench.ok('GET', '/entrypoints')).totalNumResults).toBe(before);
  });

  it.each([
    ['', 'graph', /at least one step/],
    ['a: [', 'graph', /no valid YAML/],
    ['a: 5', 'entrypoint', /^schema\.error: step "a" must be a map/],
    ['a: { lost: [] }', 'graph', /^semantic\.error: .*"lost".*\(line 1, column 1\)$/],
    [
      'a: { "?S": { "?outputs": [], x: { greet: you } } }',
      'graph',
      /^type\.error: .*has 1 outputs/,
    ],
  ])('finds what is wrong with %j', async (taskGraph, path, message) => {
    const answer = await lint({ taskGraph });
    const ofChange = await lint({ taskGraph }, `/entrypoints/${entrypoint.id}:lint`);

    expect(answer).toMatchObject({
      status: 200,
      json: { valid: false, issues: [{ path, message: expect.stringMatching(message) }] },
    });
    expect(ofChange.json).toEqual(answer.json);
  });

  it('fails for what is no matter of the content', async () => {
    expect(await lint({ name: 'words' })).toMatchObject({ status: 409 });
    expect(await lint({ plugins: [424_242] })).toMatchObject({ status: 404 });
    expect(await lint({}, '/entrypoints/424242:lint')).toMatchObject({ status: 404 });
  });
});
