import { COUNTED, type Counts, sumOf } from './counts.ts';

/** Tells every few seconds how far an import has come. */
export interface Progress {
  add(counts: Counts): void;
  /** What it is about now. */
  stage(name: string): void;
  stop(): void;
}

const EVERY_MS = 5_000;
const MB = 1_000_000;

/** `3 runs, 1,200 points of metrics, 14.2 MB of files`. */
export function shown(counts: Counts): string {
  const parts = COUNTED.flatMap((what) => {
    const count = counts[what] ?? 0;
    if (count === 0) return [];
    return what === 'bytes of files'
      ? `${(count / MB).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`
      : `${count.toLocaleString('en-US')} ${what}`;
  });
  return parts.join(', ');
}

export function startProgress(say: (line: string) => void, everyMs = EVERY_MS): Progress {
  let done: Counts = {};
  let stage = '';
  let last = '';
  const timer = setInterval(() => {
    const line = `${stage}: ${shown(done)}`;
    if (line !== last) say(line);
    last = line;
  }, everyMs);
  timer.unref();
  return {
    add: (counts) => {
      done = sumOf([done, counts]);
    },
    stage: (name) => {
      stage = name;
      say(name);
    },
    stop: () => clearInterval(timer),
  };
}
