import { describe, expect, it } from 'vitest';
import { treeOf } from '../../../functions/web/app/pages/plugins/file-tree.ts';
import { readStructure } from '../../../functions/web/app/pages/plugins/structure.ts';
import { taskTexts } from '../../../functions/web/app/pages/plugins/task-texts.ts';
import {
  EMPTY_FILE,
  fileBody,
  fileFaults,
  fileForm,
  isSameFile,
  missingTypes,
  proposedTask,
  type Signature,
  standingOf,
  withTask,
} from '../../../functions/web/app/pages/plugins/tasks.ts';

const TYPES = [
  { id: 1, name: 'any' },
  { id: 2, name: 'string' },
];

const GREET: Signature = {
  name: 'greet',
  inputs: [
    { name: 'who', type: 'string', required: true },
    { name: 'how', type: 'type1', required: false },
  ],
  outputs: [{ name: 'output', type: 'list_str' }],
  missing_types: [{ name: 'list_str', description: 'list[str]' }],
};

describe('the tasks of a file', () => {
  it('are proposed with the types that there are; what has no annotation takes anything', () => {
    const { inputs, outputs } = proposedTask(GREET, TYPES);
    expect(
      inputs.map(({ name, parameterType, required }) => [name, parameterType, required]),
    ).toEqual([
      ['who', 2, true],
      ['how', 1, false],
    ]);
    expect(outputs[0]?.parameterType).toBe(0);
    expect(missingTypes([GREET, GREET], TYPES)).toEqual(GREET.missing_types);
    expect(missingTypes([GREET], [{ id: 9, name: 'list_str' }])).toEqual([]);
  });

  it('stand by what the form has, whatever their outputs are named', () => {
    const types = [...TYPES, { id: 9, name: 'list_str' }];
    const task = proposedTask(GREET, types);
    expect(standingOf(task, [])).toBe('new');
    const mine = { ...task, outputs: task.outputs.map((row) => ({ ...row, name: 'greetings' })) };
    expect(standingOf(task, [mine])).toBe('same');
    const other = { ...mine, inputs: mine.inputs.slice(1) };
    expect(standingOf(task, [other])).toBe('different');
    const [taken] = withTask([other], task);
    expect([taken?.key, taken?.inputs.length]).toEqual([other.key, 2]);
    expect(withTask([], task)).toEqual([task]);
  });

  it('come back as they were read', () => {
    const type = (id: number) => ({ parameterType: { id } });
    const file = {
      filename: 'a.py',
      description: '',
      contents: 'x = 1',
      tasks: {
        functions: [
          {
            name: 'f',
            inputParams: [{ name: 'a', required: false, ...type(1) }],
            outputParams: [{ name: 'b', ...type(2) }],
          },
        ],
        artifacts: [{ name: 'Keep', outputParams: [] }],
      },
    };
    const form = fileForm(file);
    expect(fileBody(form).tasks).toEqual({
      functions: [
        {
          name: 'f',
          inputParams: [{ name: 'a', parameterType: 1, required: false }],
          outputParams: [{ name: 'b', parameterType: 2 }],
        },
      ],
      artifacts: [{ name: 'Keep', outputParams: [] }],
    });
    expect(isSameFile(form, fileForm(file))).toBe(true);
    expect(taskTexts(form, (id) => `t${id}`)).toBe(
      'f: # function\n  inputs:\n    a: t1 (optional)\n  outputs:\n    b: t2\nKeep: # artifact\n',
    );
  });

  it('have faults where the server would refuse them', () => {
    const task = { ...proposedTask(GREET, TYPES), name: '1st' };
    const faults = fileFaults({ ...EMPTY_FILE, filename: 'a/../b.py', tasks: [task] });
    expect(Object.keys(faults).sort()).toEqual(
      [task.key, task.outputs[0]?.key ?? '', 'filename'].sort(),
    );
    expect(fileFaults({ ...EMPTY_FILE, filename: 'a/b.py' })).toEqual({});
  });
});

describe('the files of a plugin', () => {
  it('lie in the folders that their names tell', () => {
    const tree = treeOf([
      { id: 1, filename: 'z.py' },
      { id: 2, filename: 'a/c/d.py' },
      { id: 3, filename: 'a/b.py' },
    ]);
    expect(tree.files.map(({ id }) => id)).toEqual([1]);
    expect(tree.folders.map(({ name }) => name)).toEqual(['a']);
    expect(tree.folders[0]?.files.map(({ id }) => id)).toEqual([3]);
    expect(tree.folders[0]?.folders[0]?.files.map(({ id }) => id)).toEqual([2]);
  });
});

describe('the structure of a type', () => {
  it('is read from YAML and JSON, and none is a name alone', () => {
    expect(readStructure(' ')).toEqual({ ok: true, structure: null });
    const list = { ok: true, structure: { list: { tuple: ['string', 'number'] } } };
    expect(readStructure('list: { tuple: [string, number] }')).toEqual(list);
    expect(readStructure('{"list": {"tuple": ["string", "number"]}}')).toEqual(list);
  });

  it('is refused where it means nothing', () => {
    for (const text of ['lists: number', 'number', '[', 'mapping: [string]', 'list: &a [*a]']) {
      expect(readStructure(text).ok, text).toBe(false);
    }
  });
});
