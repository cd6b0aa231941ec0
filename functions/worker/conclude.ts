import { setTimeout as wait } from 'node:timers/promises';
import { type Attempt, failed, type JobEnd, type Outcome } from './attempt.ts';
import type { Halt } from './halt.ts';
import { HttpFailure, isPassing } from './http.ts';
import { explain } from './log.ts';

const LAST_LINES_MS = 3_000;

const STOPPED = {
  cancelled: 'The job was cancelled.',
  timeout: 'The job took longer than its timeout.',
} as const;

/** Tells the API how the attempt ended; what it then says is final. */
export async function conclude(attempt: Attempt, worked: Outcome): Promise<JobEnd> {
  const { halt, sink } = attempt;
  if (halt.reason === 'lost') return 'lost';
  if (halt.reason === 'stopping') return giveBack(attempt);
  const stopped =
    halt.reason === 'cancelled' || halt.reason === 'timeout' ? halt.reason : undefined;
  const outcome = stopped === undefined ? worked : failed(stopped, STOPPED[stopped]);
  try {
    await sink.pump.end();
  } catch (error) {
    const message = `The job's log could not be stored: ${explain(error)}`;
    return finish(attempt, failed(outcome.reason ?? 'runtime_error', message));
  }
  return finish(attempt, outcome);
}

async function giveBack({ deps, fence, halt, sink }: Attempt): Promise<JobEnd> {
  const sent = new AbortController();
  const late = wait(LAST_LINES_MS, undefined, { signal: sent.signal }).catch(() => undefined);
  await Promise.race([sink.pump.end().catch(() => undefined), late]);
  // Else the timer would keep a stopping process waiting.
  sent.abort();
  sink.pump.stop();
  const answer = await untilGone(halt, () => deps.client.release(fence, halt.gone));
  return answer?.held === true ? 'released' : 'lost';
}

async function finish(attempt: Attempt, outcome: Outcome): Promise<JobEnd> {
  const { deps, fence, halt, told } = attempt;
  deps.reach('before-finish');
  try {
    const { usage, progress } = told;
    const end = {
      ...outcome,
      ...(usage === undefined ? {} : { usage }),
      ...(progress === undefined ? {} : { progress }),
    };
    const answer = await untilGone(halt, () => deps.client.finish(fence, end, halt.gone));
    deps.reach('after-finish');
    return answer?.held === true ? outcome.outcome : 'lost';
  } catch (error) {
    const refused = error instanceof HttpFailure && !isPassing(error);
    if (!refused || outcome.outcome === 'failed') throw error;
    return finish(
      attempt,
      failed('runtime_error', `The API refused the result: ${explain(error)}`),
    );
  }
}

/** The answer, or nothing when the attempt was lost meanwhile. */
async function untilGone<T>(halt: Halt, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (halt.gone.aborted) return undefined;
    throw error;
  }
}
