/** The attempt failed, for a reason that its owner is told. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly reason: 'task_failed' | 'runtime_error';
  /** Of the job's program. */
  readonly exitCode: number | undefined;

  constructor(
    reason: 'task_failed' | 'runtime_error',
    message: string,
    { cause, exitCode }: { readonly cause?: unknown; readonly exitCode?: number | undefined } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.exitCode = exitCode;
  }
}
