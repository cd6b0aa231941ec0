import { describe, expect, test } from 'vitest';
import {
  type EntrypointIssues,
  type EntrypointSource,
  typeStructureFault,
  validateEntrypoint,
} from '#domain/entrypoints/task-graph/index.ts';

const port = (name: string) => ({ name, parameterType: 'any' });
const input = (name: string, required = true) => ({ ...port(name), required });

const source: EntrypointSource = {
  taskGraph: 'a: {load: [$path]}',
  artifactGraph: '',
  parameters: [{ name: 'path', parameterType: 'string', defaultValue: null }],
  artifactParameters: [{ name: 'rows', outputParams: [port('x'), port('y')] }],
  plugins: [
    {
      name: 'data',
      files: [
        {
          filename: 'files.py',
          functionTasks: [
            {
              name: 'load',
              inputParams: [input('path'), input('size', false)],
              outputParams: [port('data')],
            },
            {
              name: 'split',
              inputParams: [input('data')],
              outputParams: [port('train'), port('test')],
            },
            { name: 'log', inputParams: [input('text')], outputParams: [] },
          ],
        },
      ],
    },
  ],
  types: new Map([['any', null]]),
};

function issuesOf(change: Partial<EntrypointSource>): EntrypointIssues {
  const validation = validateEntrypoint({ ...source, ...change });
  if (validation.kind !== 'invalid') throw new Error(`it is ${validation.kind}`);
  return validation.issues;
}

const artifactOf = (parameterType: string) => ({
  name: 'x',
  outputParams: [{ name: 'y', parameterType }],
});

const empty: EntrypointIssues = {
  schemaIssues: [],
  swapIssues: [],
  renderedValidationErrors: [],
  missingGlobalParams: [],
};

describe('validateEntrypoint', () => {
  test('a sound entrypoint comes back parsed', () => {
    expect(validateEntrypoint(source)).toMatchObject({ kind: 'valid', graph: { source: {} } });
  });

  test.each([
    ['', 'empty'],
    ['a: [', 'invalid_yaml'],
  ])('%j is an error of its own', (taskGraph, kind) => {
    expect(validateEntrypoint({ ...source, taskGraph })).toMatchObject({
      kind: 'unreadable',
      issue: { kind },
    });
  });

  test.each<[Partial<EntrypointSource>, RegExp]>([
    [{ taskGraph: 'a: load' }, /^schema\.error: step "a" must be a map.*line 1, column 1/],
    [{ artifactGraph: 'x: [' }, /^syntax\.error: /],
    [{ artifactGraph: 'x: 5' }, /^schema\.error: artifact output "x"/],
    [{ plugins: [] }, /^schema\.error: No bound plugin/],
    [
      { parameters: [{ name: 'l', parameterType: 'mapping', defaultValue: null }] },
      /^schema\.error: Parameter "l" of type mapping needs a default/,
    ],
    [
      { types: new Map([['t', { lost: 'any' }]]), artifactParameters: [artifactOf('t')] },
      /^schema\.error: In type "t"/,
    ],
  ])('%j is a schema issue, and nothing else is said', (change, message) => {
    expect(issuesOf(change)).toEqual({ ...empty, schemaIssues: [expect.stringMatching(message)] });
  });

  test.each([
    ['a: {fetch: [$nothing]}', /^semantic\.error: In step "a": .*"fetch"/],
    ['a: {"?S": {"?outputs": [o], x: {fetch: []}}}', /^semantic\.error: .*choice "x".*"fetch"/],
    ['a: {"?S": {"?outputs": [], x: {load: []}}}', /^type\.error: .*has 1 outputs.*names 0/],
  ])('%s is a swap issue, as in the original', (taskGraph, message) => {
    expect(issuesOf({ taskGraph })).toEqual({
      ...empty,
      swapIssues: [expect.stringMatching(message)],
    });
  });

  test.each([
    ['a: {load: [x, 1, 2]}', 'call of task "load": too many positional arguments, 3 for 2 inputs'],
    ['a: {load: {path: x, depth: 1}}', 'no input is named "depth"'],
    ['a: {task: load, args: x, kwargs: {path: y}}', 'input "path" is given twice'],
    ['a: {load: {size: 1}}', 'input "path" is required and missing'],
    ['a: {load: x}\nb: {log: $a.rows}', 'step "a" has no output "rows"; its outputs are "data"'],
    [
      'a: {split: x}\nb: {log: $a}',
      'step "a" has several outputs ("train", "test"); say which one',
    ],
    ['a: {log: x}\nb: {log: $a}', 'step "a" has no output to refer to'],
    ['a: {log: $path.x}', 'parameter "path" is a value without outputs'],
    ['a: {log: $rows}', 'artifact "rows" has several outputs'],
    ['a: {log: x, dependencies: [b, c]}', 'Step "a" depends on unknown steps: "b", "c"'],
    ['path: {log: x}', 'Names of both a parameter and a step: "path"'],
    ['a.b: {log: x}', 'Step "a.b": a name with a dot'],
    ['" ": {log: x}', 'Step names must not be blank'],
  ])('%s: %s', (taskGraph, message) => {
    const { renderedValidationErrors, ...others } = issuesOf({ taskGraph });

    expect(renderedValidationErrors).toEqual([expect.stringContaining(message)]);
    expect(renderedValidationErrors[0]).toMatch(/^semantic\.error: \[Swap combination \{\}\] /);
    expect(others).toMatchObject({ schemaIssues: [], swapIssues: [], missingGlobalParams: [] });
  });

  test('a circle is an issue of the swaps, too, as in the original', () => {
    const { swapIssues, renderedValidationErrors } = issuesOf({
      taskGraph: 'a: {load: $b}\nb: {load: $a}',
    });

    expect(swapIssues).toEqual([
      'semantic.error: Steps need each other in a circle: b -> a -> b (line 2, column 1)',
    ]);
    expect(renderedValidationErrors).toEqual([
      expect.stringContaining('[Swap combination {}] Steps need each other in a circle: '),
    ]);
  });

  test('names that nobody declares are missing parameters, too', () => {
    const issues = issuesOf({ taskGraph: 'a: {log: [[$one, $two, $one]]}' });

    expect(issues.missingGlobalParams).toEqual(['one', 'two']);
    expect(issues.renderedValidationErrors).toHaveLength(3);
  });

  test('an artifact output is checked like a step', () => {
    const issues = issuesOf({ artifactGraph: 'x: {contents: $b, task: {name: t}}' });

    expect(issues.renderedValidationErrors).toEqual([
      expect.stringContaining('In artifact output "x", reference $b'),
    ]);
  });

  test('several faults are reported at once', () => {
    const issues = issuesOf({ taskGraph: 'a.b: {load: []}\nc: {log: $z, dependencies: d}' });

    expect(issues.renderedValidationErrors).toHaveLength(4);
  });

  test('a thousand faults in wide tasks stay readable', () => {
    const wide = Array.from({ length: 1000 }, (_, n) => port(`o${n}`));
    const task = { name: 'wide', inputParams: [], outputParams: wide };
    const plugins = [
      ...source.plugins,
      { name: 'p', files: [{ filename: 'w.py', functionTasks: [task] }] },
    ];
    const steps = Array.from({ length: 900 }, (_, n) => `s${n}: {log: $w}`);

    const issues = issuesOf({ plugins, taskGraph: ['w: {wide: []}', ...steps].join('\n') });

    expect(issues.renderedValidationErrors).toHaveLength(900);
    expect(JSON.stringify(issues).length).toBeLessThan(400_000);
  });
});

describe('typeStructureFault', () => {
  test.each([
    [null],
    [{}],
    [{ is_a: 'number' }],
    [{ list: 'any' }],
    [{ tuple: [] }],
    [{ union: ['a', { list: 'b' }] }],
    [{ mapping: ['string', { tuple: ['a'] }] }],
    [{ mapping: { is_a: 'x', list: { mapping: {} } } }],
  ])('%j is sound', (structure) => {
    expect(typeStructureFault(structure)).toBeUndefined();
  });

  test('nesting is bounded', () => {
    const depth = 100_000;
    const deep = JSON.parse(`${'{"list":'.repeat(depth)}"any"${'}'.repeat(depth)}`);

    expect(typeStructureFault(deep)).toBe('nested too deeply');
  });

  test.each([
    ['any'],
    [5],
    [[]],
    [{ is_a: 5 }],
    [{ is_a: 'x', list: 'y' }],
    [{ list: 'x', tuple: [] }],
    [{ list: null }],
    [{ list: { is_a: 'x' } }],
    [{ list: {} }],
    [{ tuple: 'x' }],
    [{ union: { a: 'x' } }],
    [{ mapping: ['x'] }],
    [{ mapping: 'x' }],
    [{ __proto__: null, constructor: 'x' }],
  ])('%j is not', (structure) => {
    expect(typeStructureFault(structure)).toEqual(expect.any(String));
  });
});
