import { requireLive } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { invalid } from '#kernel/errors.ts';
import type { NewTasks, Tasks } from './plugin.ts';

function requireUnique(named: readonly { readonly name: string }[], where: string): void {
  const names = named.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length === 0) return;
  throw invalid(
    'not_unique',
    `${where}: each name may occur once, not so: ${repeated.join(', ')}.`,
  );
}

/** Throws `invalid` (`not_unique`) when two tasks, or two parameters of one task, share a name. */
export function requireUniqueNames({ functions, artifacts }: NewTasks): void {
  requireUnique([...functions, ...artifacts], 'tasks');
  for (const task of functions) {
    requireUnique(task.inputParams, `inputParams of ${task.name}`);
  }
  for (const task of [...functions, ...artifacts]) {
    requireUnique(task.outputParams, `outputParams of ${task.name}`);
  }
}

/** Throws `not_found` unless each id is a type of the group that lives. */
export const requireTypes = (ctx: Context, groupId: number, ids: readonly number[]) =>
  requireLive(ctx, 'plugin_task_parameter_type', groupId, ids);

/** Gives each task an id of its own. */
export async function numbered(ctx: Context, tasks: NewTasks): Promise<Tasks> {
  const { functions, artifacts } = tasks;
  const amount = functions.length + artifacts.length;
  if (amount === 0) return { functions: [], artifacts: [] };
  const { task: last } = await takeNumbers(ctx.table, { task: amount });
  const first = last - amount + 1;
  return {
    functions: functions.map((task, index) => ({ id: first + index, ...task })),
    artifacts: artifacts.map((task, index) => ({ id: first + functions.length + index, ...task })),
  };
}
