/** From what a call was counted to use to what is billed for it. */
import type { Usage } from '../../../functions/kernel/meter.ts';
import { type Amounts, plus } from '../../../infra/prices.ts';
import { ASSUMED } from './assumptions.ts';

/** The parts of a count that are billed. */
export type Counted = Pick<Usage, 'readUnits' | 'writeUnits' | 'messageCalls' | 'blobCalls'> & {
  /** Calls of the table that waited for each other. */
  readonly roundTrips: number;
};

/** What runs the code: a function's memory, and the log that one start leaves. */
export interface Runtime {
  readonly megabytes: number;
  readonly logBytes: number;
}

/** How long a function is billed for it. Calls behind the answer count as if each waited. */
export const billedMs = (counted: Counted, { megabytes }: Runtime): number =>
  Math.ceil(
    ASSUMED.cpuMs / Math.min(1, megabytes / ASSUMED.megabytesOfOneCore) +
      counted.roundTrips * ASSUMED.tableMs +
      counted.messageCalls * ASSUMED.messagesMs +
      counted.blobCalls * ASSUMED.blobsMs,
  );

/** What stores and queues bill. A call of the object store is taken for the dearest kind. */
export const storesOf = ({ readUnits, writeUnits, messageCalls, blobCalls }: Counted): Amounts => ({
  readUnit: readUnits,
  writeUnit: writeUnits,
  sqsRequest: messageCalls,
  s3Put: blobCalls,
});

export const gbSeconds = (ms: number, megabytes: number): number =>
  (ms / 1000) * (megabytes / 1024);

/** One run of a function. */
export const runOf = (counted: Counted, runtime: Runtime): Amounts =>
  plus(storesOf(counted), {
    lambdaRequest: 1,
    lambdaGbSecond: gbSeconds(billedMs(counted, runtime), runtime.megabytes),
    logGb: runtime.logBytes / 1e9,
  });

/** One request through the gateway. */
export const requestOf = (counted: Counted, runtime: Runtime): Amounts =>
  plus(runOf(counted, runtime), { gatewayRequest: 1 });
