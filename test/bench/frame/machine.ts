import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import process from 'node:process';

/** What figures depend on, without what would name the machine. */
export interface Machine {
  readonly platform: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  /** Processes that wanted a core in the minute before: above 0 when others work beside. */
  readonly loadBefore: number;
}

/** Share of the cores that others may have wanted before figures are taken for the servers' own. */
const QUIET = 0.75;

export const isBusy = ({ loadBefore, cores }: Pick<Machine, 'loadBefore' | 'cores'>): boolean =>
  loadBefore > QUIET * cores;

export const machine = (): Machine => ({
  platform: `${platform()} ${arch()}`,
  kernel: release(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  node: process.version,
  loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});
