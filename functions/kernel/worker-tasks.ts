/** The port for the machines of managed pools: one task is one worker process. */
export interface WorkerTasks {
  /** Tasks of the pool that have not ended; `starting` of them do not run yet. */
  count(pool: string): Promise<{ readonly live: number; readonly starting: number }>;
  /** Starts one with this token. `unavailable` where there is no capacity for it. */
  run(pool: string, options: { readonly token: string }): Promise<void>;
}
