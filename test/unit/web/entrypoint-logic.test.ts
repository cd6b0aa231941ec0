import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/web/app/data/api-error.ts';
import { changedValues, comparedOf } from '../../../functions/web/app/pages/entrypoints/compare.ts';
import { defaultFault } from '../../../functions/web/app/pages/entrypoints/editor/default-faults.ts';
import { draftForm } from '../../../functions/web/app/pages/entrypoints/editor/draft-form.ts';
import {
  findingOf,
  findingsIn,
} from '../../../functions/web/app/pages/entrypoints/editor/findings.ts';
import {
  type BoundPlugin,
  EMPTY_FORM,
  type EntrypointForm,
} from '../../../functions/web/app/pages/entrypoints/editor/form.ts';
import {
  faultsOf,
  soundPart,
} from '../../../functions/web/app/pages/entrypoints/editor/form-faults.ts';
import { withStep } from '../../../functions/web/app/pages/entrypoints/editor/signature.ts';
import { listQuery, listSearch } from '../../../functions/web/app/ui/list-search.ts';

const TEXTS = { taskGraph: 'a:\n  f: 1\nb:\n  g: 2\n', artifactGraph: 'kept:\n  contents: $a\n' };

const plugin = (id: number, snapshotId: number): BoundPlugin => ({
  id,
  name: `p${id}`,
  snapshotId,
  old: false,
  files: [],
});

const parameter = (
  key: string,
  name: string,
  parameterType: 'string' | 'integer' | 'list',
  defaultValue: string | null,
) => ({ key, name, parameterType, defaultValue });

describe('findings of a check', () => {
  it('are at the place that the message names', () => {
    const message =
      'semantic.error: In step "b": no bound plugin has a task named "g" (line 3, column 1)';
    expect(findingOf(message, TEXTS)).toEqual({
      where: 'taskGraph',
      line: 3,
      column: 1,
      message: 'In step "b": no bound plugin has a task named "g"',
    });
    const yaml = 'taskGraph: no valid YAML: bad (line 5, column 2).';
    expect(findingOf(yaml, TEXTS)).toMatchObject({ line: 5, column: 2, where: 'taskGraph' });
  });

  it('are at the step or artifact that they are about where no place is named', () => {
    expect(findingOf('type.error: In step "b", it does not fit', TEXTS)).toMatchObject({ line: 3 });
    expect(findingOf('In artifact output "kept": unknown', TEXTS)).toMatchObject({
      where: 'artifactGraph',
      line: 1,
    });
    expect(findingOf('schema.error: step "c" is odd', TEXTS).line).toBeUndefined();
  });

  it('are taken from a refused save, and only from one that is about the content', () => {
    const refusal = (code: string, detail: unknown) =>
      new ApiError(new Response(null, { status: 400 }), { error: code, message: 'x', detail });
    const reason = {
      rendered_validation_errors: ['type.error: [Swap combination {}] In step "a": no'],
      missing_global_params: ['q'],
    };
    const found = findingsIn(refusal('EntrypointValidationError', { reason }), TEXTS);
    expect(found.map(({ where, line, message }) => [where, line, message])).toEqual([
      ['taskGraph', 1, 'In step "a": no'],
      [
        'form',
        undefined,
        '"q" is used in a graph, but is no step, parameter or artifact parameter',
      ],
    ]);
    expect(findingsIn(refusal('EntityExistsError', {}), TEXTS)).toEqual([]);
    expect(findingsIn(new TypeError('no line'), TEXTS)).toEqual([]);
  });
});

describe('the form of an entrypoint', () => {
  const form: EntrypointForm = {
    ...EMPTY_FORM,
    name: 'bad/name',
    parameters: [
      parameter('1', 'size', 'integer', 'three'),
      parameter('2', 'size', 'string', null),
      parameter('3', '', 'string', null),
      parameter('4', 'steps', 'list', null),
      parameter('5', 'good', 'integer', '1_000'),
    ],
    artifactParameters: [
      { key: '6', name: 'model', outputParams: [{ key: '7', name: 'net', parameterType: 0 }] },
    ],
  };

  it('says what the server would refuse, by the server’s own rules for defaults', () => {
    const faults = faultsOf(form, defaultFault);
    expect(Object.keys(faults).sort()).toEqual(['1', '2', '3', '4', '7', 'name']);
    expect(defaultFault(parameter('x', 'n', 'integer', 'three'))).toContain('not of type integer');
  });

  it('is checked without the rows that are not finished', () => {
    const sound = soundPart(form, faultsOf(form, defaultFault));
    expect(sound.parameters.map(({ name, defaultValue }) => [name, defaultValue])).toEqual([
      ['size', null],
      ['steps', null],
      ['good', '1_000'],
    ]);
    expect(sound.artifactParameters).toEqual([]);
  });

  it('comes back from a draft, with the plugins at the versions that are bound', () => {
    const payload = {
      name: 'kept',
      taskGraph: 'a: {}',
      parameters: [{ name: 'n', parameterType: 'float', defaultValue: null }, 'odd'],
      artifactParameters: [{ name: 'm', outputParams: [{ name: 'o', parameterType: 9 }] }],
      artifactPlugins: [2, 3, 4],
      queues: [5, '6'],
    };
    const saved = { ...EMPTY_FORM, plugins: [plugin(1, 10)], artifactPlugins: [plugin(2, 20)] };
    const back = draftForm(payload, [plugin(2, 21), plugin(3, 30)], saved);
    expect(back).toMatchObject({ name: 'kept', description: '', queues: [5] });
    expect(back.parameters).toMatchObject([{ name: 'n', parameterType: 'float' }]);
    expect(back.artifactParameters[0]?.outputParams[0]?.parameterType).toBe(9);
    const versions = (list: readonly BoundPlugin[]) => list.map(({ snapshotId }) => snapshotId);
    expect([versions(back.plugins), versions(back.artifactPlugins)]).toEqual([[10], [20, 30]]);
  });

  it('takes a step that calls a task, by a name that is free', () => {
    expect(withStep('load:\n  load: []', 'load', ['size'])).toBe(
      'load:\n  load: []\nload_2:\n  load:\n    size: $size\n',
    );
    expect(withStep('', 'tidy', [])).toBe('tidy:\n  tidy: []\n');
  });
});

describe('two versions of an entrypoint', () => {
  it('are told apart value by value', () => {
    const before = { ...EMPTY_FORM, name: 'n', plugins: [plugin(1, 10)] };
    const after = {
      ...before,
      plugins: [plugin(1, 11)],
      parameters: [parameter('k', 'size', 'integer', '3')],
    };
    const changes = changedValues(comparedOf(before), comparedOf(after));
    expect(changes.map(({ what, kind, after: now }) => [what, kind, now])).toEqual([
      ['Order of parameters', 'changed', 'size'],
      ['Plugin p1', 'changed', 'snapshot 11'],
      ['Parameter size', 'added', 'integer, default 3'],
    ]);
    expect(changedValues(comparedOf(after), comparedOf(after))).toEqual([]);
  });
});

describe('the address of a list', () => {
  it('is read whatever it holds, and words are searched as they stand', () => {
    expect(listSearch({ search: 'a', sort: 'rowid', order: 'up' })).toEqual({
      search: 'a',
      order: 'up',
    });
    expect(listQuery({ search: 'one-two th*ee' }).search).toBe('"one-two","th\\*ee"');
    expect(listQuery({ search: 'name:x*' }).search).toBe('name:x*');
    expect(listQuery({})).toEqual({ sortBy: 'lastModifiedOn', descending: true });
  });
});
