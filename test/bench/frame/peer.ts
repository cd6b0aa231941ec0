import type { Load, NextRequest } from './load.ts';
import type { ProcessUse } from './processes.ts';

/** A server that was started to be measured. */
export interface RunningPeer {
  readonly url: string;
  /** Sent with every request, e.g. a token. */
  readonly headers: Readonly<Record<string, string>>;
  /** The processes whose CPU and memory are the server's own, with those that they start. */
  readonly pids: readonly number[];
  /** Stores and queues that it uses, as other processes of this machine. */
  readonly storePids: readonly number[];
  /** How each scenario is asked of this server; what it lacks is left out of the table. */
  readonly requests: ReadonlyMap<string, NextRequest>;
  /** Scenarios that take it seconds: they get one round, without warming up. */
  readonly slow?: ReadonlySet<string>;
  /** It fails now and then, whatever it is asked: such answers count as none, while they are few. */
  readonly stumbles?: true;
  /**
   * Rejects unless the scenario is answered as it should be, in status and content: called before
   * its first turn, so that no error page is ever measured.
   */
  check?(scenario: string): Promise<void>;
  /** What the reader of its figures must know. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

/** A server to measure: one of ours, or later a real one of another project beside it. */
export interface Peer {
  readonly name: string;
  /** Starts it and puts in what the scenarios ask for; the text says why it cannot run here. */
  start(): Promise<RunningPeer | string>;
}

/** One scenario under one number of connections on one peer, over all rounds. */
export interface Cell {
  readonly scenario: string;
  readonly clients: number;
  readonly peer: string;
  readonly requests: number;
  readonly perSecond: { readonly median: number; readonly least: number; readonly most: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the server's own processes; absent where the system does not tell. */
  readonly cpuMsPerRequest?: number;
  readonly storeCpuMsPerRequest?: number;
  /** Of the process that asks: near 1 / `perSecond` it is the client that is measured. */
  readonly clientCpuMsPerRequest: number;
  /** Of all processes together. */
  readonly rssMb?: number;
  /** Processes of the server, without those that they start. */
  readonly processes?: number;
}

/** What processes took in a turn. */
export type TurnUse = Pick<ProcessUse, 'cpuMs' | 'rssBytes'>;

/** What one turn of one peer gave. */
export interface Turn {
  readonly load: Load;
  readonly server: TurnUse | undefined;
  readonly store: TurnUse | undefined;
  readonly clientCpuMs: number;
}
