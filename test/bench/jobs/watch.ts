/** CPU and memory of the server and the workers while jobs run. */
import { type ProcessUse, useOf } from '../frame/processes.ts';
import type { Cluster } from './cluster.ts';

const EVERY_MS = 1_000;
const MB = 1_000_000;

interface Sample {
  readonly done: number;
  readonly mb: number;
}

/** Memory at some shares of the jobs, and how it grows over the second half of them. */
export interface MemoryUse {
  readonly mbAt10: number;
  readonly mbAt50: number;
  readonly mbAt100: number;
  /** Of the line through the second half's samples. */
  readonly mbPerThousandJobs: number;
}

export interface Used {
  readonly cpuMs: number;
  /** Of the programs of jobs, which the worker waited for. */
  readonly endedCpuMs: number;
  readonly memory: MemoryUse;
}

/** The slope of the straight line that fits best. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  if (spread === 0) return 0;
  return points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
}

export function memoryOf(samples: readonly Sample[]): MemoryUse {
  const most = samples.at(-1)?.done ?? 0;
  const mbAt = (share: number): number =>
    Math.round(samples.find(({ done }) => done >= share * most)?.mb ?? 0);
  const late = samples.filter(({ done }) => done >= most / 2);
  const slope = slopeOf(late.map(({ done, mb }) => [done / 1000, mb]));
  return {
    mbAt10: mbAt(0.1),
    mbAt50: mbAt(0.5),
    mbAt100: mbAt(1),
    mbPerThousandJobs: Math.round(slope * 100) / 100,
  };
}

const NOTHING: ProcessUse = { cpuMs: 0, endedCpuMs: 0, rssBytes: 0 };

/** Watches until it is asked for what was used since then. Zeros where the system tells nothing. */
function watchProcesses(pids: readonly number[], done: () => number): () => Used {
  const samples: Sample[] = [];
  const look = (): ProcessUse => {
    const use = useOf(pids) ?? NOTHING;
    samples.push({ done: done(), mb: use.rssBytes / MB });
    return use;
  };
  const before = look();
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    const after = look();
    return {
      cpuMs: after.cpuMs - before.cpuMs,
      endedCpuMs: after.endedCpuMs - before.endedCpuMs,
      memory: memoryOf(samples),
    };
  };
}

/** The same of both kinds of processes. */
export function watch(cluster: Pick<Cluster, 'apiPid' | 'workerPids' | 'progress'>) {
  const { progress } = cluster;
  const before = progress.jobs.length;
  const done = () => progress.jobs.length - before;
  const api = watchProcesses([cluster.apiPid], done);
  const workers = watchProcesses(cluster.workerPids(), done);
  return () => ({ api: api(), workers: workers() });
}
