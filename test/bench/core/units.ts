import { type TestApp, testApp } from '../../support/app.ts';
import { apiOf } from './api.ts';
import { BUDGETED_CALLS, type BudgetBench, type BudgetedCall, type Limits } from './budgets.ts';
import { makeWorld } from './world.ts';

/** What one call used, beside what it may use. */
export interface CountedCall {
  readonly call: string;
  readonly budget: Limits;
  /** Absent when the API does not serve the call yet. */
  readonly counted?: Required<Limits> & {
    readonly messageCalls: number;
    readonly blobCalls: number;
    /** Write units of what is done behind the answer, part of `writeUnits`. */
    readonly writeUnitsBehind: number;
  };
  readonly within?: boolean;
}

const NOT_SERVED = new Set([404, 405, 501]);

async function countOne(app: TestApp, ask: () => Promise<Response>, call: string) {
  const answer = await ask();
  if (NOT_SERVED.has(answer.status)) return undefined;
  await app.settled();
  app.meter.reset();
  const second = await ask();
  if (second.status >= 400) throw new Error(`${call}: ${second.status} ${await second.text()}`);
  const front = app.meter.snapshot();
  await app.settled();
  const all = app.meter.snapshot();
  return {
    roundTrips: front.tableRoundTrips,
    readUnits: all.readUnits,
    writeUnits: all.writeUnits,
    messageCalls: all.messageCalls,
    blobCalls: all.blobCalls,
    writeUnitsBehind: all.writeUnits - front.writeUnits,
  };
}

const keeps = (counted: Required<Limits>, { roundTrips, readUnits, writeUnits }: Limits): boolean =>
  counted.roundTrips <= roundTrips &&
  counted.readUnits <= (readUnits ?? Number.POSITIVE_INFINITY) &&
  counted.writeUnits <= (writeUnits ?? Number.POSITIVE_INFINITY);

async function count(bench: BudgetBench, budgeted: BudgetedCall): Promise<CountedCall> {
  const call = budgeted.call.replace('{rows}', bench.world.rows.toLocaleString('en-US'));
  const ask = await budgeted.prepare(bench);
  const counted = await countOne(bench.app, ask, call);
  const row = { call, budget: budgeted.limits };
  if (counted === undefined) return row;
  return { ...row, counted, within: keeps(counted, budgeted.limits) };
}

/** Counts every budgeted call once, with warm credentials, on an embedded store in memory. */
export async function countUnits(rows: number): Promise<readonly CountedCall[]> {
  const app = testApp();
  try {
    const send = (path: string, init: RequestInit) => app.fetch(path, init);
    const world = await makeWorld(send, rows);
    const api = apiOf(send, { authorization: `Bearer ${world.token}` });
    const counted: CountedCall[] = [];
    for (const budgeted of BUDGETED_CALLS) {
      counted.push(await count({ app, api, world }, budgeted));
    }
    return counted;
  } finally {
    await app.close();
  }
}
