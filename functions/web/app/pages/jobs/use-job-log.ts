import { useEffect, useRef, useState } from 'react';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';
import { ApiError } from '../../data/api-error.ts';
import type { StepState } from '../../ui/step-graph.tsx';
import { noteLine } from './job-steps.ts';
import type { LogLine } from './log-lines.ts';

export interface JobLog {
  /** Grows in place: `count` says when it did. */
  readonly lines: readonly LogLine[];
  readonly count: number;
  /** States of the steps, as the log told. */
  readonly steps: ReadonlyMap<string, StepState>;
  /** The first lines have come, or it is known that there are none. */
  readonly isRead: boolean;
  /** More lines are there already than are read. */
  readonly isBehind: boolean;
  /** The job has ended and its log with it. */
  readonly isEnded: boolean;
  /** So many that this page takes no more; the download has them all. */
  readonly isFull: boolean;
  /** When it was looked at last, in ms. */
  readonly at: number;
  readonly error: unknown;
}

/** What a browser holds and scrolls without pain. */
const MOST_LINES = 250_000;
const POLL_MS = 1_500;
/** While nobody looks at the page. */
const HIDDEN_MS = 15_000;
const TELL_MS = 400;
const RETRY_MS = 5_000;

const NOTHING: JobLog = {
  lines: [],
  count: 0,
  steps: new Map(),
  isRead: false,
  isBehind: false,
  isEnded: false,
  isFull: false,
  at: 0,
  error: null,
};

type Followed = DioptraAnswer<'followJobLog'>;
const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && error.status < 500 && error.status !== 429;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const ask = (id: number, cursor: string | undefined): Promise<Followed> =>
  answerOf(
    dioptra.GET('/jobs/{id}/log/follow', {
      params: {
        path: { id },
        query: { pageLength: 1000, ...(cursor === undefined ? {} : { cursor }) },
      },
    }),
  );

/** Reads a log from its start to its end, however long it grows, and says each time what it has. */
async function follow(id: number, signal: AbortSignal, say: (log: JobLog) => void): Promise<void> {
  const lines: LogLine[] = [];
  const steps = new Map<string, StepState>();
  let cursor: string | undefined;
  let log = NOTHING;
  let said = 0;
  while (!signal.aborted) {
    try {
      const answer = await ask(id, cursor);
      if (signal.aborted) return;
      cursor = answer.cursor;
      for (const line of answer.data) {
        noteLine(steps, line);
        lines.push(line);
      }
      log = {
        lines,
        count: lines.length,
        steps: answer.data.length === 0 ? log.steps : new Map(steps),
        isRead: true,
        isBehind: answer.hasMore,
        isEnded: answer.ended,
        isFull: lines.length >= MOST_LINES,
        at: Date.now(),
        error: null,
      };
      const isNext = answer.hasMore && !log.isFull;
      // Pages that follow at once are told of together: drawing takes longer than reading.
      if (!isNext || Date.now() - said >= TELL_MS) {
        say(log);
        said = Date.now();
      }
      if (log.isEnded || log.isFull) return;
      if (isNext) continue;
      await pause(document.hidden ? HIDDEN_MS : POLL_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      log = { ...log, isRead: true, error };
      say(log);
      if (isFinal(error)) return;
      await pause(RETRY_MS, signal);
    }
  }
}

/** The log of a job, followed while it grows; read anew when a job that had ended goes on. */
export function useJobLog(id: number, isOver: boolean): JobLog {
  const [log, setLog] = useState<JobLog>(NOTHING);
  const [round, setRound] = useState(0);
  const wasOver = useRef(isOver);
  useEffect(() => {
    if (wasOver.current && !isOver) setRound((before) => before + 1);
    wasOver.current = isOver;
  }, [isOver]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round begins anew
  useEffect(() => {
    const stop = new AbortController();
    setLog(NOTHING);
    void follow(id, stop.signal, setLog);
    return () => stop.abort();
  }, [id, round]);
  return log;
}
