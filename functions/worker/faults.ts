import process from 'node:process';

/** Where a test may kill the consumer, in the order in which a job passes them. */
export const FAULT_POINTS = [
  'after-receive',
  'after-claim',
  'before-delete',
  'after-delete',
  'after-prepare',
  'after-start',
  'after-log-flush',
  'after-exit',
  'before-upload',
  'after-upload',
  'before-finish',
  'after-finish',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Called at each point; does nothing unless a fault was asked for. */
export type ReachPoint = (point: FaultPoint) => void;

/** Dies at once, as by a power cut, when `chosen` is reached. */
export function faultAt(chosen: FaultPoint | undefined): ReachPoint {
  return (point) => {
    if (point === chosen) process.kill(process.pid, 'SIGKILL');
  };
}
