/** What an external worker costs that finds nothing to do, asking as the settings of AWS have it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Amounts, dollarsOf, MONTH_HOURS, plus } from '../../infra/prices.ts';
import { type JobBench, openJobBench } from '../unit/domain/jobs/job-bench.ts';

/** As functions/entry/lambda-platform.ts says. */
const POLL_SECONDS = 15;
/** Of a warm function of 1 GB: 5 ms of CPU, and three reads of 4 ms one after the other. */
const ANSWER_MS = 20;
/** The gateway's and the function's lines about a call, and Lambda's own three. */
const LOG_BYTES = 1_200;

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench({ pollSeconds: POLL_SECONDS });
});
afterAll(() => bench.app.close());

describe('an idle external worker', () => {
  it('costs at most half a dollar a month', async () => {
    const worker = bench.app.bearer(await bench.app.newWorkerToken('own'));
    bench.app.meter.reset();

    const answer = await bench.claim({ pool: 'own', call: 'idle', waitSeconds: 20 }, worker);

    expect(answer.body).toEqual({ claim: null, pauseSeconds: POLL_SECONDS });
    const { readUnits, writeUnits } = bench.app.meter.snapshot();
    // The token's row, what the call got before, and the first page of those who wait.
    expect(readUnits).toBeLessThanOrEqual(2.5);
    expect(writeUnits).toBe(0);
    const call: Amounts = {
      gatewayRequest: 1,
      lambdaRequest: 1,
      lambdaGbSecond: ANSWER_MS / 1000,
      readUnit: readUnits,
      logGb: LOG_BYTES / 1e9,
    };
    // With its jitter a pause is seven eighths of the longest.
    const calls = (MONTH_HOURS * 3600) / (POLL_SECONDS * 0.875);
    const usd = dollarsOf(plus({}, call, calls));
    const openCall = dollarsOf({ lambdaGbSecond: MONTH_HOURS * 3600 });
    console.log(
      `idle external worker: $${usd.toFixed(2)} a month, as open calls $${openCall.toFixed(2)}`,
    );
    expect(usd).toBeLessThan(0.5);
  });
});
