import type { NewWorkerTask, WorkerTask, WorkerTasks } from '#kernel/worker-tasks.ts';

/** Tasks in memory: nothing runs, and tests say what the list shows. */
export interface MemoryTasks extends WorkerTasks {
  /** Every task that was run, in order. */
  readonly runs: readonly (NewWorkerTask & { readonly pool: string })[];
  /** What the list shows instead of every run as starting. */
  shown: (pool: string) => readonly WorkerTask[];
  /** Called before each list, with its number from 1. */
  onList: (count: number) => Promise<void>;
  /** Called before each run; a throw is the run's failure. */
  onRun: (count: number, task: NewWorkerTask) => Promise<void>;
}

export function memoryTasks(): MemoryTasks {
  const runs: (NewWorkerTask & { readonly pool: string })[] = [];
  let lists = 0;
  let calls = 0;
  const tasks: MemoryTasks = {
    runs,
    shown: (pool) =>
      runs.flatMap((run) =>
        run.pool === pool ? [{ id: run.id, state: 'starting' as const }] : [],
      ),
    onList: async () => {},
    onRun: async () => {},
    async list(pool) {
      lists += 1;
      await tasks.onList(lists);
      return tasks.shown(pool);
    },
    async run(pool, task) {
      calls += 1;
      await tasks.onRun(calls, task);
      runs.push({ pool, ...task });
    },
  };
  return tasks;
}
