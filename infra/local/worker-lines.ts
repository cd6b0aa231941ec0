/** What people read of a worker: one line when a job starts and one when it ends. */
import * as z from 'zod';

const Event = z.looseObject({
  event: z.string(),
  jobId: z.int().optional(),
  attempt: z.int().optional(),
  end: z.string().optional(),
  error: z.string().optional(),
});
type Event = z.infer<typeof Event>;

const ENDS: { readonly [end: string]: string } = {
  released: 'was given back',
  lost: 'was lost: another worker has it, or it was ended elsewhere',
};

function parse(line: string): Event | undefined {
  try {
    return Event.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Turns the lines of the worker's log, one at a time, into lines for people. */
export function jobLines(now: () => number = () => performance.now()) {
  const started = new Map<number, number>();
  let isAway = false;
  const seconds = (jobId: number): string => {
    const from = started.get(jobId) ?? now();
    started.delete(jobId);
    return `${((now() - from) / 1000).toFixed(1)} s`;
  };
  const jobLine = ({ event, jobId = 0, attempt = 1, end = '', error }: Event): string[] => {
    const job = `job ${jobId}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
    if (event === 'job_started') {
      started.set(jobId, now());
      return [`${job} started`];
    }
    if (event === 'job_ended') return [`${job} ${ENDS[end] ?? end} after ${seconds(jobId)}`];
    if (event === 'job_dropped') return [`${job} was dropped after ${seconds(jobId)}: ${error}`];
    return [];
  };
  return (line: string): readonly string[] => {
    const found = parse(line);
    if (found === undefined) return [];
    const wasAway = isAway;
    if (found.event === 'waiting_failed') {
      isAway = true;
      return wasAway ? [] : [`asking for jobs fails, and is tried again: ${found.error}`];
    }
    if (found.event === 'worker_failed') return [`the worker failed: ${found.error}`];
    const lines = jobLine(found);
    if (lines.length > 0) isAway = false;
    return lines;
  };
}
