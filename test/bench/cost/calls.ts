/** A million calls: units that were counted for one, a mix that is stated here. */
import { type Amounts, plus } from '../../../infra/prices.ts';
import { testApp } from '../../support/app.ts';
import { type CountedCall, countUnits } from '../core/units.ts';
import { type Counted, type Runtime, requestOf } from './amounts.ts';
import { ASSUMED } from './assumptions.ts';

type Mix = Readonly<Record<string, number>>;

/** Shares of calls by their names in `core/budgets.ts`. */
export const READS: Mix = {
  'get one experiment': 0.25,
  'get one run': 0.25,
  'get one job': 0.25,
  'list page of 10, default order, of {rows}': 0.25,
};
export const WRITES: Mix = {
  'log one metric': 0.5,
  'set a tag': 0.2,
  'create run': 0.2,
  'create experiment': 0.1,
};

const ROWS = 100;
const MILLION = 1_000_000;

/** Read units of a caller's credentials, which a process remembers for seconds only. */
async function credentialUnits(): Promise<number> {
  const app = testApp();
  try {
    const user = await app.newUser();
    const { token } = await user.newToken();
    const process = app.otherProcess();
    await process.bearer(token).get('/api/v1/experiments/999999');
    const cold = process.meter.snapshot().readUnits;
    process.meter.reset();
    await process.bearer(token).get('/api/v1/experiments/999999');
    return cold - process.meter.snapshot().readUnits;
  } finally {
    await app.close();
  }
}

function countedIn(calls: readonly CountedCall[], name: string): Counted {
  const wanted = name.replace('{rows}', String(ROWS));
  const counted = calls.find(({ call }) => call === wanted)?.counted;
  if (counted === undefined) throw new Error(`"${wanted}" was not counted.`);
  return counted;
}

/** What one call of the mix bills on average, each with cold credentials. */
function averageOf(
  mix: Mix,
  calls: readonly CountedCall[],
  credentials: number,
  runtime: Runtime,
): Amounts {
  return Object.entries(mix).reduce<Amounts>((sum, [name, share]) => {
    const warm = countedIn(calls, name);
    const cold = { ...warm, readUnits: warm.readUnits + credentials };
    return plus(sum, requestOf(cold, runtime), share);
  }, {});
}

export interface MillionCalls {
  readonly reads: Amounts;
  readonly writes: Amounts;
  readonly mixed: Amounts;
}

/** Counts each call once in process and gives what a million of each kind bill. */
export async function millionCalls(runtime: Runtime): Promise<MillionCalls> {
  const calls = await countUnits(ROWS);
  const credentials = await credentialUnits();
  const million = (mix: Mix) => plus({}, averageOf(mix, calls, credentials, runtime), MILLION);
  const reads = million(READS);
  const writes = million(WRITES);
  const share = ASSUMED.shareOfReads;
  return { reads, writes, mixed: plus(plus({}, reads, share), writes, 1 - share) };
}
