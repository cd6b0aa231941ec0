import { setTimeout as wait } from 'node:timers/promises';
import type { WorkerLog } from './log.ts';

/** When the slots of a consumer end by themselves. Times are of `performance.now()`. */
export interface Shift {
  readonly slots: number;
  /** Ends every slot: asked to stop, idle, or refused by the API. */
  readonly ended: AbortController;
  readonly log: WorkerLog;
  /** Ends after so long without any work. */
  readonly idleMs: number | undefined;
  /** Takes nothing new from then on. */
  readonly until: number;
  busy: number;
  lastWork: number;
  /** Slots that found nothing and wait for the others to find nothing, too. */
  resting: number;
}

/** Between two looks of a resting slot whether the others have found work. */
const LOOK_MS = 250;

/** Waits, but for the signal. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined);
}

/** Whether a slot may take work; what the others run goes on in any case. */
export const isOn = ({ ended, until }: Shift): boolean =>
  !ended.signal.aborted && performance.now() < until;

const isIdle = (shift: Shift): boolean =>
  shift.idleMs !== undefined &&
  shift.busy === 0 &&
  isOn(shift) &&
  performance.now() - shift.lastWork >= shift.idleMs;

/**
 * An idle slot asks for nothing more, and the last one to rest ends them all: no answer is under
 * way then, so no message that came meanwhile is thrown away with it.
 */
export async function restWhileIdle(shift: Shift): Promise<void> {
  if (!isIdle(shift)) return;
  shift.resting += 1;
  if (shift.resting === shift.slots) {
    shift.log('idle');
    shift.ended.abort();
  }
  while (isIdle(shift)) await rest(LOOK_MS, shift.ended.signal);
  shift.resting -= 1;
}
