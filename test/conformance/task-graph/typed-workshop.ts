import type {
  EntrypointSource,
  FunctionTask,
  JsonValue,
} from '#domain/entrypoints/task-graph/index.ts';

const BUILTIN = ['any', 'string', 'integer', 'number', 'boolean', 'null'];

const give = (type: string): FunctionTask => ({
  name: `give_${type}`,
  inputParams: [],
  outputParams: [{ name: 'it', parameterType: type }],
});
const take = (type: string): FunctionTask => ({
  name: `take_${type}`,
  inputParams: [{ name: 'it', parameterType: type, required: true }],
  outputParams: [],
});

/** For each type a task that gives one, and a task that takes one. */
export function typedWorkshop(
  types: readonly (readonly [string, JsonValue])[],
): Partial<EntrypointSource> {
  const names = [...BUILTIN, ...types.map(([name]) => name)];
  const functionTasks = names.flatMap((name) => [give(name), take(name)]);
  return {
    plugins: [{ name: 'typed', files: [{ filename: 'tasks.py', functionTasks }] }],
    types: new Map(types),
    artifactParameters: names.map((name) => ({
      name: `art_${name}`,
      outputParams: [{ name: 'it', parameterType: name }],
    })),
  };
}
