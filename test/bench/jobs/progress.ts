import { setTimeout as sleep } from 'node:timers/promises';
import type { JobTold, WorkerSays } from '../processes/jobs-worker.ts';

/** No job takes nearly as long; when none has ended meanwhile, none will. */
const STUCK_MS = 60_000;
const LOOK_MS = 20;

/** What the workers have told so far. */
export interface Progress {
  readonly jobs: readonly JobTold[];
  /** What they logged that should not have happened. */
  readonly troubles: readonly string[];
  hear(words: WorkerSays): void;
  /** Resolves when so many attempts have ended in all; rejects when nothing ends any more. */
  ended(count: number, signal: AbortSignal): Promise<void>;
}

export function progressOf(): Progress {
  const jobs: JobTold[] = [];
  const troubles: string[] = [];
  let heardAt = performance.now();
  return {
    jobs,
    troubles,
    hear(words) {
      heardAt = performance.now();
      if ('job' in words) jobs.push(words.job);
      else troubles.push(words.trouble);
    },
    async ended(count, signal) {
      heardAt = performance.now();
      while (jobs.length < count) {
        await sleep(LOOK_MS, undefined, { signal });
        if (performance.now() - heardAt < STUCK_MS) continue;
        const words = troubles.slice(-5).join('\n');
        throw new Error(`Only ${jobs.length} of ${count} jobs have ended.\n${words}`);
      }
    },
  };
}
