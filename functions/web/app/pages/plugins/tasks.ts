import type { DioptraAnswer } from '../../data/api.ts';
export interface ParamRow {
  readonly key: string;
  readonly name: string;
  /** The id of a type; 0 while none is chosen. */
  readonly parameterType: number;
  /** Of inputs only. */
  readonly required: boolean;
}

export interface TaskRow {
  readonly key: string;
  /** A function is a step's task; an artifact keeps what a step made. */
  readonly kind: 'function' | 'artifact';
  readonly name: string;
  readonly inputs: readonly ParamRow[];
  readonly outputs: readonly ParamRow[];
}

/** A file while it is edited. */
export interface FileForm {
  readonly filename: string;
  readonly description: string;
  readonly contents: string;
  readonly tasks: readonly TaskRow[];
}

let keys = 0;
/** A key that no row of this page has had. */
export function newKey(): string {
  keys += 1;
  return `task-${keys}`;
}

export const EMPTY_FILE: FileForm = {
  filename: '',
  description: '',
  contents: `from dioptra import pyplugs


@pyplugs.register
def greet(name: str) -> str:
    return f"Hello, {name}"
`,
  tasks: [],
};

interface Read {
  readonly name: string;
  readonly parameterType: { readonly id: number };
  readonly required?: boolean;
}

/** A version of a file as the API has it. */
export interface FileVersion {
  readonly filename: string;
  readonly description: string;
  readonly contents: string;
  readonly tasks: {
    readonly functions: readonly {
      readonly name: string;
      readonly inputParams: readonly Read[];
      readonly outputParams: readonly Read[];
    }[];
    readonly artifacts: readonly {
      readonly name: string;
      readonly outputParams: readonly Read[];
    }[];
  };
}

/** What the code says of a task that it registers. */
export type Signature = DioptraAnswer<'analysePluginTaskSignatures'>['tasks'][number];

const paramOf = ({ name, parameterType, required = true }: Read): ParamRow => ({
  key: newKey(),
  name,
  parameterType: parameterType.id,
  required,
});

/** A version of a file as a form. */
export const fileForm = ({ filename, description, contents, tasks }: FileVersion): FileForm => ({
  filename,
  description,
  contents,
  tasks: [
    ...tasks.functions.map(
      (task): TaskRow => ({
        key: newKey(),
        kind: 'function',
        name: task.name,
        inputs: task.inputParams.map(paramOf),
        outputs: task.outputParams.map(paramOf),
      }),
    ),
    ...tasks.artifacts.map(
      (task): TaskRow => ({
        key: newKey(),
        kind: 'artifact',
        name: task.name,
        inputs: [],
        outputs: task.outputParams.map(paramOf),
      }),
    ),
  ],
});

const outputsOf = ({ outputs }: TaskRow) =>
  outputs.map(({ name, parameterType }) => ({ name: name.trim(), parameterType }));

/** What a save sends. */
export const fileBody = ({ filename, description, contents, tasks }: FileForm) => ({
  filename: filename.trim(),
  description,
  contents,
  tasks: {
    functions: tasks
      .filter(({ kind }) => kind === 'function')
      .map((task) => ({
        name: task.name.trim(),
        inputParams: task.inputs.map(({ name, parameterType, required }) => ({
          name: name.trim(),
          parameterType,
          required,
        })),
        outputParams: outputsOf(task),
      })),
    artifacts: tasks
      .filter(({ kind }) => kind === 'artifact')
      .map((task) => ({ name: task.name.trim(), outputParams: outputsOf(task) })),
  },
});

export const isSameFile = (a: FileForm, b: FileForm): boolean =>
  JSON.stringify(fileBody(a)) === JSON.stringify(fileBody(b));

const IDENTIFIER = /^(?:[A-Za-z]|[A-Za-z_][A-Za-z0-9_]+)$/;
const FILENAME =
  /^(?:[A-Za-z_][A-Za-z0-9_]*|(?:[A-Za-z][A-Za-z0-9_]*\/)+[A-Za-z][A-Za-z0-9_]*)\.py$/;

function nameFault(name: string, all: readonly { readonly name: string }[]): string | undefined {
  if (!IDENTIFIER.test(name.trim())) return 'A name of letters, digits and _ is needed.';
  const same = all.filter((each) => each.name.trim() === name.trim());
  return same.length > 1 ? 'There is another of this name.' : undefined;
}

/** What is wrong with a form, by the key of a row or the name of a field. */
export function fileFaults({ filename, tasks }: FileForm): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  const note = (key: string, fault: string | undefined): void => {
    if (fault !== undefined && faults[key] === undefined) faults[key] = fault;
  };
  if (!FILENAME.test(filename.trim())) {
    note('filename', 'A Python file is needed, as tasks.py or folder/tasks.py.');
  }
  for (const task of tasks) {
    note(task.key, nameFault(task.name, tasks));
    for (const params of [task.inputs, task.outputs]) {
      for (const param of params) {
        note(param.key, nameFault(param.name, params));
        note(param.key, param.parameterType === 0 ? 'Choose a type.' : undefined);
      }
    }
  }
  return faults;
}

interface NamedType {
  readonly id: number;
  readonly name: string;
}

/** A task as its signature says. Types are found by their names; what has no annotation takes any value. */
export function proposedTask(signature: Signature, types: readonly NamedType[]): TaskRow {
  const missing = new Set(signature.missing_types.map(({ name }) => name));
  const idOf = (name: string): number => {
    const wanted = /^type\d+$/.test(name) && !missing.has(name) ? 'any' : name;
    return types.find((type) => type.name === wanted)?.id ?? 0;
  };
  const row = (name: string, type: string, required: boolean): ParamRow => ({
    key: newKey(),
    name,
    parameterType: idOf(type),
    required,
  });
  return {
    key: newKey(),
    kind: 'function',
    name: signature.name,
    inputs: signature.inputs.map(({ name, type, required }) => row(name, type, required)),
    outputs: signature.outputs.map(({ name, type }) => row(name, type, true)),
  };
}

const shapeOf = (task: TaskRow): string =>
  JSON.stringify(fileBody({ ...EMPTY_FILE, tasks: [task] }).tasks);

/** How a proposed task stands to those of the form. Names of outputs are the author's, so they may differ. */
export function standingOf(
  proposed: TaskRow,
  tasks: readonly TaskRow[],
): 'new' | 'same' | 'different' {
  const known = tasks.find(({ kind, name }) => kind === 'function' && name === proposed.name);
  if (known === undefined) return 'new';
  const alike = known.outputs.length === proposed.outputs.length;
  const outputs = alike
    ? proposed.outputs.map((output, at) => ({ ...output, name: known.outputs[at]?.name ?? '' }))
    : proposed.outputs;
  return shapeOf({ ...proposed, outputs }) === shapeOf(known) ? 'same' : 'different';
}

/** The tasks with a proposed one in the place of that of its name, or at the end. */
export const withTask = (tasks: readonly TaskRow[], proposed: TaskRow): readonly TaskRow[] =>
  tasks.some(({ name, kind }) => kind === 'function' && name === proposed.name)
    ? tasks.map((task) =>
        task.kind === 'function' && task.name === proposed.name
          ? { ...proposed, key: task.key }
          : task,
      )
    : [...tasks, proposed];

/** The types that signatures name and the group does not have, each once. */
export function missingTypes(
  signatures: readonly Signature[],
  types: readonly NamedType[],
): readonly { readonly name: string; readonly description: string }[] {
  const known = new Set(types.map(({ name }) => name));
  const wanted = signatures.flatMap(({ missing_types }) => missing_types);
  return wanted.filter(
    ({ name }, at) => !known.has(name) && wanted.findIndex((each) => each.name === name) === at,
  );
}
