/** What functions bill that nobody calls: the sweeper and the launcher, each minute and for a message. */
import { sweepEvents } from '#domain/events/index.ts';
import { sweepJobs } from '#domain/jobs/index.ts';
import { launchWorkers } from '#domain/pools/index.ts';
import { type Amounts, plus } from '../../../infra/prices.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { memoryTasks } from '../../support/worker-tasks.ts';
import { type Counted, runOf } from './amounts.ts';
import { functionLog } from './logs.ts';

const POOL = { pool: 'default', max: 4 };
const SWEEP_LINE = JSON.stringify({ level: 'info', event: 'sweep', sent: 0, lost: 0 });

/** What was used, calls behind an answer among it. */
export async function countedDuring(app: TestApp, work: () => Promise<unknown>): Promise<Counted> {
  app.meter.reset();
  await work();
  await app.settled();
  const { tableRoundTrips, ...usage } = app.meter.snapshot();
  return { ...usage, roundTrips: tableRoundTrips };
}

/** The launcher after a message; how long it waits between its looks is not in the count. */
export const countLaunch = (app: TestApp): Promise<Counted> =>
  countedDuring(app, () =>
    launchWorkers(app.system, memoryTasks(), { ...POOL, nudged: true, settleMs: 0 }),
  );

/** The mean of one idle run of each function that the clock starts. */
export async function idleRun(megabytes: {
  readonly sweep: number;
  readonly launch: number;
}): Promise<Amounts> {
  const app = testApp();
  try {
    const sweepOnce = () =>
      countedDuring(app, () => Promise.all([sweepJobs(app.system), sweepEvents(app.system)]));
    // The queue of events is looked at by the first of five.
    const [first, other] = [await sweepOnce(), await sweepOnce()];
    const look = await countedDuring(app, () =>
      launchWorkers(app.system, memoryTasks(), { ...POOL, nudged: false }),
    );
    const logBytes = functionLog(SWEEP_LINE);
    const runtime = { megabytes: megabytes.sweep, logBytes };
    const sweeper = plus(plus({}, runOf(first, runtime), 1 / 5), runOf(other, runtime), 4 / 5);
    const launcher = runOf(look, { megabytes: megabytes.launch, logBytes });
    return plus(plus({}, sweeper, 0.5), launcher, 0.5);
  } finally {
    await app.close();
  }
}
