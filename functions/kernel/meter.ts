import type { Background } from './background.ts';
import type { Blobs } from './blobs.ts';
import type { Messages } from './messages.ts';
import { roundTripCounter } from './meter-steps.ts';
import { tableUnits } from './meter-units.ts';
import type { Table } from './table.ts';

/** What was used since the last reset. */
export interface Usage {
  readonly tableCalls: number;
  /** Calls of the object store; signing a URL is none. */
  readonly blobCalls: number;
  readonly messageCalls: number;
  /** Tasks that were started in the background. */
  readonly backgroundCalls: number;
  /** DynamoDB's read units: one for each started 4 KB, half of it when eventually consistent. */
  readonly readUnits: number;
  /** DynamoDB's write units with those of the indexes; transactions count double. */
  readonly writeUnits: number;
  /** Longest chain of calls, of all ports, of which each began after the one before had ended. */
  readonly sequentialRoundTrips: number;
  /** The same with the calls of the table alone. */
  readonly tableRoundTrips: number;
  /** Bytes of the items that were read from the table. */
  readonly bytesRead: number;
  /** Bytes of the items that were written to the table, without the indexes. */
  readonly bytesWritten: number;
}

export interface Meter {
  reset(): void;
  snapshot(): Usage;
}

export interface Ports {
  readonly table: Table;
  readonly blobs: Blobs;
  readonly messages: Messages;
  readonly background: Background;
}

type Counts = {
  -readonly [name in keyof Omit<Usage, 'sequentialRoundTrips' | 'tableRoundTrips'>]: number;
};

const nothing = (): Counts => ({
  tableCalls: 0,
  blobCalls: 0,
  messageCalls: 0,
  backgroundCalls: 0,
  readUnits: 0,
  writeUnits: 0,
  bytesRead: 0,
  bytesWritten: 0,
});

type CallCount = 'tableCalls' | 'blobCalls' | 'messageCalls' | 'backgroundCalls';
/** Runs one call of a port; `trips` tells how many requests it makes one after the other. */
type Track = <T>(
  kind: CallCount,
  call: () => Promise<T>,
  trips?: (result: T) => number,
) => Promise<T>;

const meteredTable = (table: Table, counts: Counts, track: Track): Table => {
  const units = tableUnits(table, counts);
  return {
    get: (key, options) =>
      track('tableCalls', async () => units.read(await table.get(key, options), options)),
    batchGet: (keys, options) =>
      track('tableCalls', async () => units.batch(await table.batchGet(keys, options), options)),
    query: (query) =>
      track(
        'tableCalls',
        async () => units.page(query, await table.query(query)),
        ({ items }) => units.pagesOf(items),
      ),
    write: (write) => track('tableCalls', () => units.write(write)),
    transact: (writes) => track('tableCalls', () => units.transact(writes)),
    bulk: (writes) => track('tableCalls', () => units.bulk(writes)),
  };
};

const meteredBlobs = (blobs: Blobs, track: Track): Blobs => ({
  ...blobs,
  put: (...call) => track('blobCalls', () => blobs.put(...call)),
  putStream: (...call) => track('blobCalls', () => blobs.putStream(...call)),
  get: (...call) => track('blobCalls', () => blobs.get(...call)),
  stream: (...call) => track('blobCalls', () => blobs.stream(...call)),
  head: (...call) => track('blobCalls', () => blobs.head(...call)),
  list: (...call) => track('blobCalls', () => blobs.list(...call)),
  remove: (...call) => track('blobCalls', () => blobs.remove(...call)),
  startUpload: (...call) => track('blobCalls', () => blobs.startUpload(...call)),
  completeUpload: (...call) => track('blobCalls', () => blobs.completeUpload(...call)),
  abortUpload: (...call) => track('blobCalls', () => blobs.abortUpload(...call)),
});

const meteredMessages = (messages: Messages, track: Track): Messages => ({
  send: (...call) => track('messageCalls', () => messages.send(...call)),
  receive: (...call) => track('messageCalls', () => messages.receive(...call)),
  extend: (...call) => track('messageCalls', () => messages.extend(...call)),
  release: (...call) => track('messageCalls', () => messages.release(...call)),
  remove: (...call) => track('messageCalls', () => messages.remove(...call)),
  deadLetters: (...call) => track('messageCalls', () => messages.deadLetters(...call)),
  removeDeadLetter: (...call) => track('messageCalls', () => messages.removeDeadLetter(...call)),
  backlog: (...call) => track('messageCalls', () => messages.backlog(...call)),
});

const meteredBackground = (background: Background, track: Track): Background => ({
  start: (...call) => track('backgroundCalls', () => background.start(...call)),
});

/**
 * Wraps the ports so that tests can assert what a call costs. To know the sizes before a write it
 * reads the items by itself, uncounted; it is for tests, not for a running server.
 */
export const meterPorts = (ports: Ports): Ports & { readonly meter: Meter } => {
  const counts = nothing();
  const all = roundTripCounter();
  const ofTable = roundTripCounter();
  const track: Track = (kind, call, trips) => {
    counts[kind] += 1;
    const counted = () => all.run(call, trips);
    return kind === 'tableCalls' ? ofTable.run(counted, trips) : counted();
  };
  return {
    table: meteredTable(ports.table, counts, track),
    blobs: meteredBlobs(ports.blobs, track),
    messages: meteredMessages(ports.messages, track),
    background: meteredBackground(ports.background, track),
    meter: {
      reset: () => {
        Object.assign(counts, nothing());
        all.reset();
        ofTable.reset();
      },
      snapshot: () => ({
        ...counts,
        sequentialRoundTrips: all.longest(),
        tableRoundTrips: ofTable.longest(),
      }),
    },
  };
};
