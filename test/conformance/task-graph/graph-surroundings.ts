import type { EntrypointSource } from '#domain/entrypoints/task-graph/index.ts';
import { bad, type GraphCase, good } from './graph-case.ts';
import { workshop } from './workshop.ts';

const kept = (artifactGraph: string): Partial<EntrypointSource> => ({ artifactGraph });
/** More types, and a task that takes one of each: what nobody uses is not looked at. */
const withTypes = (types: EntrypointSource['types']): Partial<EntrypointSource> => {
  const inputParams = [...types.keys()].map((name) => ({
    name,
    parameterType: name,
    required: false,
  }));
  const functionTasks = [{ name: 'uses', inputParams, outputParams: [] }];
  return {
    types: new Map([...workshop.types, ...types]),
    plugins: [...workshop.plugins, { name: 'more', files: [{ filename: 'x.py', functionTasks }] }],
  };
};
const withTask = (
  inputs: readonly string[],
  outputs: readonly string[],
  parameterType = 'any',
) => ({
  plugins: [
    ...workshop.plugins,
    {
      name: 'more',
      files: [
        {
          filename: 'tools.py',
          functionTasks: [
            {
              name: 'extra',
              inputParams: inputs.map((name) => ({ name, parameterType, required: false })),
              outputParams: outputs.map((name) => ({ name, parameterType })),
            },
          ],
        },
      ],
    },
  ],
});

/** What comes from elsewhere than the task graph. */
export const surroundings: readonly GraphCase[] = [
  good('artifact of a step', 'a: {load: [$path]}', kept('x: {contents: $a, task: {name: save}}')),
  good(
    'artifact with arguments',
    'a: {load: [$path]}',
    kept('x: {contents: $a.data, task: {name: s, args: {f: 1}}}'),
  ),
  good(
    'artifact of a parameter',
    'a: {noop: []}',
    kept('x: {contents: $names, task: {name: save}}'),
  ),
  good('artifact of text', 'a: {noop: []}', kept('x: {contents: hello, task: {name: save}}')),
  bad('artifact of nothing', 'a: {noop: []}', kept('x: {contents: $z, task: {name: save}}')),
  bad('artifact of a silent step', 'a: {noop: []}', kept('x: {contents: $a, task: {name: save}}')),
  bad('artifact without contents', 'a: {noop: []}', kept('x: {task: {name: save}}')),
  bad('artifact of a number', 'a: {noop: []}', kept('x: {contents: 5, task: {name: save}}')),
  bad('artifact without task', 'a: {noop: []}', kept('x: {contents: $names}')),
  bad('artifact task as text', 'a: {noop: []}', kept('x: {contents: $names, task: save}')),
  bad(
    'artifact task without name',
    'a: {noop: []}',
    kept('x: {contents: $names, task: {args: {}}}'),
  ),
  bad(
    'artifact args as list',
    'a: {noop: []}',
    kept('x: {contents: $names, task: {name: s, args: []}}'),
  ),
  bad('artifact with more', 'a: {noop: []}', kept('x: {contents: $names, task: {name: s}, to: y}')),
  bad('artifacts as list', 'a: {noop: []}', kept('- x')),
  bad('no tasks', 'a: {noop: []}', { plugins: [] }),
  bad('list without default', 'a: {noop: []}', {
    parameters: [{ name: 'xs', parameterType: 'list', defaultValue: null }],
  }),
  good('extra task', 'a: {extra: []}', withTask(['x', 'y'], ['x', 'z'])),
  bad('repeated inputs', 'a: {extra: []}', withTask(['x', 'x'], [])),
  bad('repeated outputs', 'a: {extra: []}', withTask([], ['x', 'y', 'x'])),
  bad('unknown input type', 'a: {extra: []}', withTask(['x'], [], 'weird')),
  bad('unknown artifact type', 'a: {noop: []}', {
    artifactParameters: [{ name: 'z', outputParams: [{ name: 'o', parameterType: 'weird' }] }],
  }),
  good(
    'types of all forms',
    'a: {noop: []}',
    withTypes(
      new Map([
        ['t1', {}],
        ['t2', { is_a: 't1' }],
        ['t3', { mapping: { x: 't2', y: { list: 'integer' } } }],
        ['t4', { union: [{ tuple: [] }, 't3'] }],
      ]),
    ),
  ),
  bad(
    'type of two forms',
    'a: {noop: []}',
    withTypes(new Map([['t', { list: 'any', tuple: [] }]])),
  ),
  bad('type of unknown form', 'a: {noop: []}', withTypes(new Map([['t', { set: 'any' }]]))),
  bad('type as text', 'a: {noop: []}', withTypes(new Map([['t', 'any']]))),
  bad(
    'nested simple type',
    'a: {noop: []}',
    withTypes(new Map([['t', { list: { is_a: 'any' } }]])),
  ),
  bad('nested null type', 'a: {noop: []}', withTypes(new Map([['t', { list: null }]]))),
  bad(
    'mapping of three',
    'a: {noop: []}',
    withTypes(new Map([['t', { mapping: ['any', 'any', 'any'] }]])),
  ),
  bad('tuple of text', 'a: {noop: []}', withTypes(new Map([['t', { tuple: 'any' }]]))),
  bad('unknown part of a type', 'a: {noop: []}', withTypes(new Map([['t', { list: 'weird' }]]))),
  bad('type of itself', 'a: {noop: []}', withTypes(new Map([['t', { list: 't' }]]))),
  bad(
    'types of each other',
    'a: {noop: []}',
    withTypes(
      new Map([
        ['t', { is_a: 'u' }],
        ['u', { is_a: 't' }],
      ]),
    ),
  ),
];
