import { describe, expect, test } from 'vitest';
import {
  type Graph,
  parseArtifactGraph,
  parseGraph,
  type Step,
} from '#domain/entrypoints/task-graph/index.ts';

function graphOf(text: string): Graph {
  const parsed = parseGraph(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issue));
  return parsed.graph;
}

function onlyStep(text: string): Step {
  const [step] = graphOf(text).steps.values();
  if (!step) throw new Error('no step');
  return step;
}

function issueOf(text: string) {
  const parsed = parseGraph(text);
  if (parsed.ok) throw new Error('the graph was accepted');
  return parsed.issue;
}

const text = (value: string) => ({ kind: 'literal', type: 'string', value });

describe('the three forms of a call', () => {
  test.each([
    ['a: {load: [x, y]}', 'positional', 'load', [text('x'), text('y')], []],
    ['a: {load: x}', 'positional', 'load', [text('x')], []],
    ['a: {load:}', 'positional', 'load', [{ kind: 'literal', type: 'null', value: null }], []],
    ['a: {load: []}', 'positional', 'load', [], []],
    ['a: {load: {path: x}}', 'keyword', 'load', [], [['path', text('x')]]],
    ['a: {task: load}', 'mixed', 'load', [], []],
    [
      'a: {task: load, args: [x], kwargs: {n: y}}',
      'mixed',
      'load',
      [text('x')],
      [['n', text('y')]],
    ],
  ])('%s', (yaml, form, task, positional, keyword) => {
    const step = onlyStep(yaml);

    expect(step).toMatchObject({
      kind: 'task',
      name: 'a',
      dependencies: [],
      invocation: { form, task, positional, keyword: new Map(keyword as [string, unknown][]) },
    });
  });

  test('dependencies are no part of the call', () => {
    const step = onlyStep('a: {noop: [], dependencies: [b, c]}');

    expect(step).toMatchObject({
      dependencies: ['b', 'c'],
      invocation: { task: 'noop', positional: [] },
    });
    expect(step.source).toEqual({ noop: [], dependencies: ['b', 'c'] });
  });

  test('one dependency may stand alone', () => {
    expect(onlyStep('a: {noop: [], dependencies: b}').dependencies).toEqual(['b']);
  });
});

describe('swaps', () => {
  test('become a choice of calls', () => {
    const step = onlyStep(
      'a: {"?MODEL": {"?outputs": [m], small: {fit: [$d]}, big: {task: fit, kwargs: {n: 9}}}, dependencies: b}',
    );

    expect(step).toMatchObject({ kind: 'swap', dependencies: ['b'] });
    const [swap] = step.kind === 'swap' ? step.swaps : [];
    expect(swap).toMatchObject({ name: 'MODEL', outputs: ['m'] });
    expect(
      [...(swap?.choices ?? [])].map(([alias, call]) => [alias, call.form, call.task]),
    ).toEqual([
      ['small', 'positional', 'fit'],
      ['big', 'mixed', 'fit'],
    ]);
  });

  test('an alias may be called task', () => {
    expect(onlyStep('a: {"?S": {"?outputs": [], task: {fit: []}}}')).toMatchObject({
      kind: 'swap',
    });
  });

  test.each([
    ['a: {"?S": {x: {fit: []}}}', 'needs "?outputs"'],
    ['a: {"?S": {"?outputs": [x]}}', 'offers no choice'],
    ['a: {"?S": {"?outputs": [x, x], y: {fit: []}}}', 'differ'],
    ['a: {"?S": {"?outputs": [5], y: {fit: []}}}', 'must be names'],
    ['a: {"?S": {"?outputs": [], "?z": {fit: []}}}', 'unknown key "?z"'],
    ['a: {"?S": {"?outputs": [], y: {fit: [], dependencies: [b]}}}', 'cannot have dependencies'],
    ['a: {"?S": {"?outputs": [], y: {fit: []}}, fit: []}', 'a swap and a call'],
    ['a: {"?S": [fit]}', 'must be a map, not a list'],
  ])('%s is refused', (yaml, reason) => {
    expect(issueOf(yaml)).toMatchObject({
      kind: 'schema',
      message: expect.stringContaining(reason),
    });
  });
});

describe('what is no graph', () => {
  test.each(['', '   \n', '# nothing\n', '~', 'null', '---\n'])('%j is empty', (yaml) => {
    expect(issueOf(yaml).kind).toBe('empty');
  });

  test.each([
    ['a: {noop: []}\nb: {noop: [}', 'invalid_yaml', 2],
    ['a: {noop: []}\na: {noop: []}', 'invalid_yaml', 2],
    ['a: {noop: []}\nb: {log: {x: 1, x: 2}}', 'invalid_yaml', 2],
    ['a: {noop: []}\n\n5: {noop: []}', 'invalid_yaml', 3],
    ['a: {log: {1: x}}', 'invalid_yaml', 1],
    ['a:\n  log: !!js/function "x"', 'invalid_yaml', 2],
    ['a: {log: 2026-11-21}', 'invalid_yaml', 1],
    ['a: {log: "\\ud800"}', 'invalid_yaml', 1],
    ['a: {log: x\u0000}', 'invalid_yaml', 1],
    ['a: {noop: []}\nb:\n  task: 5', 'schema', 3],
    ['a: {noop: []}\nb: text', 'schema', 2],
    ['a: {noop: []}\nb:\n  task: x\n  tusk: y', 'schema', 4],
  ])('%j: %s in line %i', (yaml, kind, line) => {
    expect(issueOf(yaml)).toMatchObject({ kind, line, column: expect.any(Number) });
  });

  test.each(['[]', 'text', '5', '{}'])('%s is YAML of another shape', (yaml) => {
    expect(issueOf(yaml).kind).toBe('schema');
  });
});

describe('values', () => {
  test('floats stay floats and integers keep their digits', () => {
    const { source } = graphOf('a: {log: [[1.0, 1, 0.5, 9007199254740993, 1.0e+22, -0.0]]}');

    expect(JSON.stringify(source)).toBe('{"a":{"log":[[1.0,1,0.5,9007199254740993,1e+22,-0.0]]}}');
  });

  test('unquoted words are read as Dioptra reads them', () => {
    const { source } = graphOf(
      'a: {log: [[yes, off, y, ~, "no", 010, 1e5, 1:30, !!str 5, !!float 2]]}',
    );

    expect(JSON.stringify(source)).toBe(
      '{"a":{"log":[[true,false,"y",null,"no",8,"1e5",90,"5",2.0]]}}',
    );
  });

  test('the kinds of literals are told apart', () => {
    const step = onlyStep('a: {log: [1, 1.0, 99999999999999999999, x, true, null]}');
    const types =
      step.kind === 'task' ? step.invocation.positional.map((e) => 'type' in e && e.type) : [];

    expect(types).toEqual(['integer', 'number', 'integer', 'string', 'boolean', 'null']);
  });

  test('aliases and merge keys are resolved', () => {
    const { source } = graphOf(
      'a: {log: &d {k: [1], n: 1}}\nb: {log: [*d]}\nc: {log: {<<: [{n: 3}, *d], m: 2}}\nd: {log: {n: 7, <<: *d}}',
    );

    expect(source).toMatchObject({
      b: { log: [{ k: [1], n: 1 }] },
      c: { log: { k: [1], n: 3, m: 2 } },
      d: { log: { k: [1], n: 7 } },
    });
  });

  test('keys with a meaning in JavaScript are keys like any other', () => {
    const graph = graphOf(
      '__proto__: {log: {__proto__: {polluted: yes}, constructor: x}}\ntoString: {log: []}',
    );

    expect([...graph.steps.keys()]).toEqual(['__proto__', 'toString']);
    expect(JSON.stringify(graph.source)).toContain(
      '"__proto__":{"log":{"__proto__":{"polluted":true}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('steps that are named by whole numbers', () => {
  test('stand before all others, in their order', () => {
    const graph = graphOf('"1": {noop: []}\n"2": {noop: []}\n"10": {noop: []}\nb: {noop: []}');

    expect([...graph.steps.keys()]).toEqual(['1', '2', '10', 'b']);
  });

  test.each([
    ['"10": {noop: []}\n"9": {noop: []}', '9', 2],
    ['a: {noop: []}\nb: {noop: []}\n"0": {noop: []}', '0', 3],
  ])('are refused where they would run in another: %j', (yaml, name, line) => {
    const issue = issueOf(yaml);

    expect(issue).toMatchObject({ kind: 'schema', line });
    expect(issue.message).toContain(`step "${name}" would run before`);
  });
});

describe('artifact graphs', () => {
  test('name values and the tasks that write them', () => {
    const parsed = parseArtifactGraph(
      'model: {contents: $fit.model, task: {name: save, args: {format: onnx}}}\nnote: {contents: $$5, task: {name: t}}',
    );

    expect(parsed.ok && [...parsed.artifacts.outputs.values()]).toMatchObject([
      {
        name: 'model',
        contents: { root: 'fit', output: 'model' },
        task: { name: 'save', args: { format: 'onnx' } },
      },
      { name: 'note', contents: { kind: 'literal', value: '$5' }, task: { name: 't', args: {} } },
    ]);
  });

  test.each(['', '# none', '~', '{}'])('%j keeps nothing', (yaml) => {
    expect(parseArtifactGraph(yaml)).toMatchObject({ ok: true, artifacts: { source: {} } });
  });

  test.each([
    ['- x', 'schema'],
    ['x: {contents: $a}', 'schema'],
    ['x: {contents: [$a], task: {name: t}}', 'schema'],
    ['x: {contents: $a, task: {name: t, kwargs: {}}}', 'schema'],
    ['x: [', 'invalid_yaml'],
  ])('%j is refused', (yaml, kind) => {
    expect(parseArtifactGraph(yaml)).toMatchObject({ ok: false, issue: { kind } });
  });
});
