/** The attempt failed, for a reason that its owner is told. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly reason: 'task_failed' | 'runtime_error';

  constructor(reason: 'task_failed' | 'runtime_error', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
