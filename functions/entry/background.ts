import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackingTask, packInBackground } from '#domain/artifacts/index.ts';
import { countStorage, StorageTask } from '#domain/overview/index.ts';
import type { Background, BackgroundTask } from '#kernel/background.ts';
import type { Platform } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { createTurns } from '#kernel/turns.ts';
import { adminOf } from './admin.ts';
import { StoreEvent } from './store-event.ts';

type Input = { readonly [name: string]: unknown };
type Task = (input: Input) => Promise<void>;

/** Functions have memory of their own; here all share one. Who is refused asks again. */
const packingTurn = createTurns(2, 0, 'Too many archives are being made; try again.');

/** Resolves once the work has begun, and rejects when it is refused before. */
const started = (start: (begun: () => void) => Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => void start(resolve).catch(reject));

/** What the functions of a deployment do, as one process does it. */
function tasksOf(
  platform: Platform,
  folder: () => string,
): { readonly [task in BackgroundTask]: Task } {
  const { system } = adminOf(platform);
  const events = loadOnce(async () => {
    const { eventWork } = await import('./event-work.ts');
    return eventWork(platform, folder());
  });
  const results = loadOnce(() => import('#domain/abtests/results/index.ts'));
  return {
    // The worker beside the server is always there.
    launch: async () => {},
    pack: async (input) => {
      const task = PackingTask.parse(input);
      await started((begun) => {
        const work = packingTurn(async () => {
          begun();
          await packInBackground(system, task);
        });
        system.defer(work);
        return work;
      });
    },
    measure: async (input) => system.defer(countStorage(system, StorageTask.parse(input))),
    'store-events': async (input) => {
      const task = StoreEvent.parse(input);
      system.defer(events().then(({ store }) => store(task)));
    },
    'compact-events': async () => system.defer(events().then(({ compact }) => compact())),
    recalculate: async () =>
      system.defer(results().then(({ runRecalculations }) => runRecalculations(system))),
  };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'assay-work-'));

/** Background work in the process of the server itself; `folder` is for its files, and no other process's. */
export function inProcess(platform: Platform, folder?: string): Background {
  const tasks = tasksOf(platform, () => folder ?? newFolder());
  return { start: (task, input) => tasks[task](input) };
}
