import { importedNames } from './imported-names.ts';
import { type FunctionDef, type Module, parsePython } from './python.ts';
import { signatureOf, type TaskSignature } from './signature.ts';

/** Functions of the module itself that are registered as tasks, in their order. */
function tasksOf({ body }: Module): readonly FunctionDef[] {
  const imported = importedNames();
  const tasks: FunctionDef[] = [];
  for (const statement of body) {
    imported.add(statement);
    const isTask =
      statement.nodeType === 'FunctionDef' && statement.decorator_list.some(imported.isRegister);
    if (isTask) tasks.push(statement);
  }
  return tasks;
}

/** Signatures of the tasks in a module; throws for what is no Python. */
export const signaturesIn = (code: string): readonly TaskSignature[] =>
  tasksOf(parsePython(code)).map(signatureOf);
