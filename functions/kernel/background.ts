/**
 * The port for work that outlives the answer: a process with time of its own does it. A start is
 * acknowledged, not its end, and a task may run twice; whoever needs it done looks whether it was, and starts it again.
 */
export interface Background {
  /** `input` is what JSON can carry. Throws `unavailable`. */
  start(task: BackgroundTask, input: { readonly [name: string]: unknown }): Promise<void>;
}

/**
 * `launch`: see that a pool has enough workers. `pack`: make an archive of a directory. `store-events`: store
 * what was ingested. `compact-events`: make large files of what was stored. `recalculate`: work results of
 * experiments out that wait for it. `measure`: count the files of a group.
 */
export type BackgroundTask =
  | 'launch'
  | 'pack'
  | 'store-events'
  | 'compact-events'
  | 'recalculate'
  | 'measure';
