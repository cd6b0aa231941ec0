import { PackingTask, packInBackground } from '#domain/artifacts/index.ts';
import type { Background, BackgroundTask } from '#kernel/background.ts';
import type { Platform } from '#kernel/context.ts';
import { createTurns } from '#kernel/turns.ts';
import { adminOf } from './admin.ts';

type Task = (platform: Platform, input: { readonly [name: string]: unknown }) => Promise<void>;

/** Functions have memory of their own; here all share one. Who is refused asks again. */
const packingTurn = createTurns(2, 0, 'Too many archives are being made; try again.');

/** Resolves once the work has begun, and rejects when it is refused before. */
const started = (start: (begun: () => void) => Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => void start(resolve).catch(reject));

/** What the functions of a deployment do, as one process does it. */
const tasks: { readonly [task in BackgroundTask]: Task } = {
  // The worker beside the server is always there.
  launch: async () => {},
  pack: async (platform, input) => {
    const task = PackingTask.parse(input);
    const { system } = adminOf(platform);
    await started((begun) => {
      const work = packingTurn(async () => {
        begun();
        await packInBackground(system, task);
      });
      system.defer(work);
      return work;
    });
  },
};

/** Background work in the process of the server itself. */
export const inProcess = (platform: Platform): Background => ({
  start: (task, input) => tasks[task](platform, input),
});
