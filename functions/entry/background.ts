import { PackingTask, packInBackground } from '#domain/artifacts/index.ts';
import type { Background, BackgroundTask } from '#kernel/background.ts';
import type { Platform } from '#kernel/context.ts';
import { adminOf } from './admin.ts';

type Task = (platform: Platform, input: { readonly [name: string]: unknown }) => Promise<void>;

/** What the functions of a deployment do, as one process does it. */
const tasks: { readonly [task in BackgroundTask]: Task } = {
  // The worker beside the server is always there.
  launch: async () => {},
  pack: async (platform, input) => {
    const task = PackingTask.parse(input);
    const { system } = adminOf(platform);
    system.defer(packInBackground(system, task));
  },
};

/** Background work in the process of the server itself. */
export const inProcess = (platform: Platform): Background => ({
  start: (task, input) => tasks[task](platform, input),
});
