/** CPU and memory of other processes, as the kernel of Linux tells them; elsewhere nothing is known. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  readonly cpuMs: number;
  /** The part of it that is of children which ended and were waited for. */
  readonly endedCpuMs: number;
  readonly rssBytes: number;
}

/** Linux counts in hundredths of a second for every program, whatever its own clock is. */
const TICK_MS = 10;

/** Its own time in user and system mode, and that of children which it waited for. */
const OWN_CPU_FIELDS = [11, 12];
const ENDED_CPU_FIELDS = [13, 14];

/** Ended, and only waiting for its parent to hear of it. */
const ZOMBIE = 'Z';

/** The numbered fields of /proc/<pid>/stat from the third on; the second may hold spaces. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === ZOMBIE ? undefined : fields;
  } catch {
    return undefined;
  }
}

function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * CPU so far and memory now of these processes together. The CPU of children that ended and were
 * waited for is their parent's: a server that renews its workers loses none of it.
 */
export function useOf(pids: readonly number[]): ProcessUse | undefined {
  let [cpuMs, endedCpuMs, rssBytes] = [0, 0, 0];
  for (const pid of pids) {
    const stat = statOf(pid);
    if (stat === undefined) return undefined;
    const ticks = (fields: readonly number[]) =>
      fields.reduce((sum, at) => sum + Number(stat[at]), 0);
    const ended = ticks(ENDED_CPU_FIELDS) * TICK_MS;
    cpuMs += ticks(OWN_CPU_FIELDS) * TICK_MS + ended;
    endedCpuMs += ended;
    rssBytes += rssOf(pid);
  }
  return { cpuMs, endedCpuMs, rssBytes };
}

/** Every process that descends from `pid`. */
export function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of listProcesses()) {
    const parent = Number(statOf(name)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  const below = (at: number): number[] =>
    (children.get(at) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

/** The same of these processes and all that descend from them, as many as they are now. */
export const useOfTrees = (pids: readonly number[]): ProcessUse | undefined =>
  useOf([...new Set(pids.flatMap((pid) => [pid, ...descendantsOf(pid)]))]);

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Starts something and tells which processes of ours it added. */
export async function withNewProcesses<T>(
  start: () => Promise<T>,
): Promise<{ readonly started: T; readonly pids: readonly number[] }> {
  const before = new Set(descendantsOf(process.pid));
  const started = await start();
  return { started, pids: descendantsOf(process.pid).filter((pid) => !before.has(pid)) };
}
