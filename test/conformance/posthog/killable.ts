/** A server that is killed and starts again where it was, some time later by its own clock. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildServer, startChild } from '../../bench/frame/child.ts';
import type { ServerInput, ServerReady } from './server-process.ts';

export interface Killable {
  readonly url: string;
  readonly password: string;
  kills(): number;
  /** The most memory that any of its processes had, in MB; 0 where the system does not tell. */
  peakMb(): number;
  /** Ends it at once, and starts it again `laterMs` later. */
  kill(laterMs: number): Promise<void>;
  close(): Promise<void>;
}

const program = new URL('./server-process.ts', import.meta.url);

function peakOf(pid: number): number {
  try {
    const [, kB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round((Number(kB ?? 0) * 1_024) / 1e6);
  } catch {
    return 0;
  }
}

export async function startKillable(folder: string): Promise<Killable> {
  const start = (input: Omit<ServerInput, 'folder'>): Promise<ChildServer<ServerReady>> =>
    startChild<ServerReady>(program, { folder, ...input });
  let server = await start({ port: 0, aheadMs: 0, isFirst: true });
  const { url, password = '' } = server.ready;
  const port = Number(new URL(url).port);
  let [kills, aheadMs, peakMb] = [0, 0, 0];
  const notePeak = (): void => {
    peakMb = Math.max(peakMb, peakOf(server.pid));
  };
  return {
    url,
    password,
    kills: () => kills,
    peakMb() {
      notePeak();
      return peakMb;
    },
    async kill(laterMs) {
      notePeak();
      process.kill(server.pid, 'SIGKILL');
      kills += 1;
      aheadMs += laterMs;
      await server.stop();
      // Clients meet a host that does not answer.
      await sleep(100);
      server = await start({ port, aheadMs, isFirst: false });
    },
    close: () => server.stop(),
  };
}
