import { graphLimits } from '#domain/entrypoints/task-graph/index.ts';
import { bad, deliberately, type GraphCase, good } from './graph-case.ts';

/** A step with one swap. */
const swap = (outputs: string, choices: string, more = '') =>
  `{"?S": {"?outputs": [${outputs}], ${choices}}${more}}`;
const loads = swap('data', 'file: {load: [$path]}, text: {load: {path: x, size: 5}}');

/** Steps that can be one of several. */
export const swapCases: readonly GraphCase[] = [
  good('one choice', `a: ${swap('it', 'only: {load: x}')}`),
  good('two choices', `a: ${loads}`),
  good(
    'three forms',
    `a: ${swap('', 'x: {noop: []}, y: {log: {text: 1}}, z: {task: log, args: 1}')}`,
  ),
  good('referred to by the only output', `a: ${loads}\nb: {log: $a}`),
  good('referred to by name', `a: ${loads}\nb: {log: $a.data}`),
  good('outputs renamed', `a: ${swap('mine', 'x: {load: x}')}\nb: {log: $a.mine}`),
  good('two outputs', `a: ${swap('p, q', 'x: {split: 1}')}\nb: {log: [[$a.p, $a.q]]}`),
  good('a type that fits', `a: ${swap('m', 'x: {fit: [1, 2]}')}\nb: {score: [$a, 1]}`),
  good('dependencies', `b: {noop: []}\na: ${swap('', 'x: {noop: []}', ', dependencies: b')}`),
  good(
    'dependencies as a list',
    `b: {noop: []}\na: ${swap('', 'x: {noop: []}', ', dependencies: [b]')}`,
  ),
  good('depended on', `a: ${loads}\nb: {noop: [], dependencies: [a]}`),
  good('an alias named task', `a: ${swap('', 'task: {noop: []}')}`),
  good('the task of two steps', `a: ${loads}\nb: {load: y}\nc: {log: [[$a, $b]]}`),
  good('two swaps', `a: ${loads}\nb: {"?T": {"?outputs": [], x: {log: $a}, y: {noop: []}}}`),
  good('artifact of a swap', `a: ${loads}`, {
    artifactGraph: 'x: {contents: $a.data, task: {name: save}}',
  }),
  good('parameters of one choice', `a: ${swap('', 'x: {log: $names}, y: {log: $options}')}`),
  good(
    'a name that a compiled task would have',
    `a: ${swap('data', 'x: {load: x}')}\na_load: {load: y}`,
  ),
  bad('no choices', 'a: {"?S": {"?outputs": []}}'),
  bad('no outputs', 'a: {"?S": {x: {noop: []}}}'),
  bad('outputs as text', 'a: {"?S": {"?outputs": it, x: {load: x}}}'),
  bad('outputs twice', `a: ${swap('p, p', 'x: {split: 1}')}`),
  bad('outputs of numbers', `a: ${swap('1', 'x: {load: x}')}`),
  bad('outputs without a name', `a: ${swap('""', 'x: {load: x}')}`),
  bad('choices as a list', 'a: {"?S": [load]}'),
  bad('a choice as text', `a: ${swap('data', 'x: load')}`),
  bad('a choice of two tasks', `a: ${swap('', 'x: {noop: [], log: 1}')}`),
  bad('an empty choice', `a: ${swap('', 'x: {}')}`),
  bad('a choice with dependencies', `a: ${swap('', 'x: {noop: [], dependencies: []}')}`),
  bad('a swap in a swap', `a: ${swap('', '"?T": {"?outputs": [], x: {noop: []}}')}`),
  bad('a swap and a task', 'a: {"?S": {"?outputs": [], x: {noop: []}}, noop: []}'),
  bad('a swap and task', 'a: {"?S": {"?outputs": [], x: {noop: []}}, task: noop}'),
  bad('an unknown task', `a: ${swap('', 'x: {noop: []}, y: {nope: []}')}`),
  bad('too few outputs', `a: ${swap('p, q', 'x: {load: x}')}`),
  bad('too many outputs', `a: ${swap('', 'x: {load: x}')}`),
  bad('one that differs', `a: ${swap('data', 'x: {load: x}, y: {noop: []}')}`),
  bad('types that differ', `a: ${swap('it', 'x: {load: x}, y: {fit: [1, 2]}')}`),
  bad('two of one name', `a: ${loads}\nb: ${loads}`),
  bad(
    'two in a step',
    'a: {"?S": {"?outputs": [], x: {noop: []}}, "?T": {"?outputs": [], x: {noop: []}}}',
  ),
  bad("the task's own name of an output", `a: ${swap('mine', 'x: {load: x}')}\nb: {log: $a.data}`),
  bad('several outputs', `a: ${swap('p, q', 'x: {split: 1}')}\nb: {log: $a}`),
  bad('no output to refer to', `a: ${swap('', 'x: {noop: []}')}\nb: {log: $a}`),
  bad('a wrong default', `a: ${swap('data', 'x: {load: []}, y: {load: x}')}`),
  bad('a wrong alternative', `a: ${swap('data', 'x: {load: x}, y: {load: []}')}`),
  bad('too many arguments of a choice', `a: ${swap('', 'x: {noop: []}, y: {noop: 1}')}`),
  bad('an unknown reference', `a: ${swap('', 'x: {noop: []}, y: {log: $nothing}')}`),
  bad('an unknown dependency', `a: ${swap('', 'x: {noop: []}', ', dependencies: z')}`),
  bad('a wrong type by default', `a: ${swap('data', 'x: {load: 5}, y: {load: x}')}`),
  bad('a wrong type as an alternative', `a: ${swap('data', 'x: {load: x}, y: {load: 5}')}`),
  bad('a wrong type downstream', `a: ${loads}\nb: {score: [$a, 1]}`),
  bad(
    'a circle by default',
    `a: ${swap('', 'x: {log: $b}')}\nb: {task: load, args: x, dependencies: a}`,
  ),
  bad(
    'a circle by an alternative',
    `a: ${swap('', 'x: {noop: []}, y: {log: $b}')}\nb: {task: load, args: x, dependencies: a}`,
  ),
  bad(
    'a circle of two alternatives',
    'a: {"?S": {"?outputs": [data], x: {load: x}, y: {load: $b}}}\nb: {"?T": {"?outputs": [data], x: {load: x}, y: {load: $a}}}',
  ),
  deliberately(
    'each choice is checked, and the findings name the choices of all',
    bad(
      'more choices than we check',
      `a: ${swap('', Array.from({ length: graphLimits.choices + 1 }, (_, n) => `x${n}: {noop: []}`).join(', '))}`,
    ),
  ),
];
