/** A machine of a pool that has not ended. */
export interface WorkerTask {
  /** What it was run with. */
  readonly id: string;
  /** `starting` ones take no work yet. */
  readonly state: 'starting' | 'running';
}

/** What a worker that is run for a pool gets. */
export interface NewWorkerTask {
  /** Run twice with the same id, it is one task. */
  readonly id: string;
  /** Of this worker alone. */
  readonly token: string;
  /** After so long it takes nothing new and ends. */
  readonly lifeSeconds: number;
}

/** The port for the machines of managed pools: one task is one worker process. */
export interface WorkerTasks {
  /** The pool's tasks; one that was run a moment ago may be missing yet. */
  list(pool: string): Promise<readonly WorkerTask[]>;
  /** `unavailable` where there is no capacity for it. */
  run(pool: string, task: NewWorkerTask): Promise<void>;
}
