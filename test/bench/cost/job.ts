/** One job of the model, driven through the API as client, worker and child drive it. */
import { type Amounts, plus } from '../../../infra/prices.ts';
import { type JobBench, openJobBench } from '../../unit/domain/jobs/job-bench.ts';
import { gbSeconds, type Runtime, requestOf, storesOf } from './amounts.ts';
import { JOB } from './assumptions.ts';
import { countedDuring, countLaunch } from './background.ts';
import { functionLog } from './logs.ts';

const CLOSED = { readUnits: 0, writeUnits: 0, messageCalls: 0, blobCalls: 0, roundTrips: 1.5 };
const LAUNCH_LINE = JSON.stringify({
  level: 'info',
  event: 'launch',
  pool: 'default',
  started: 1,
  failed: 0,
});

const lines = Array.from({ length: JOB.logLinesPerCall }, () => '.'.repeat(JOB.logLineLength));

/** So much of the job's time goes by, and what a process remembers of credentials with it. */
const wait = ({ app }: JobBench, parts: number): void =>
  app.clock.advance((JOB.seconds / parts) * 1000);

/** The whole life of one job; gives the number of calls of the API. */
async function runJob(bench: JobBench): Promise<number> {
  let calls = 0;
  const call = async <T extends { readonly status: number }>(asked: Promise<T>): Promise<T> => {
    calls += 1;
    const answer = await asked;
    if (answer.status >= 400) throw new Error(`Call ${calls} of a job: ${answer.status}`);
    return answer;
  };
  // Submission and claim are calls, too; the kit reads their answers itself.
  const job = await bench.start();
  calls += 2;
  const { jobId, pluginsBundlePath, artifactPluginsBundlePath } = job.claim;
  await call(job.child.get(pluginsBundlePath));
  await call(job.child.get(artifactPluginsBundlePath));
  for (let part = 0; part < JOB.heartbeats; part += 1) {
    wait(bench, JOB.heartbeats);
    await call(job.beat());
    await call(bench.alice.get(`/api/v1/jobs/${jobId}`));
    const share = JOB.logCalls / JOB.heartbeats;
    for (let at = part * share; at < (part + 1) * share; at += 1) {
      await call(job.log(at * lines.length, lines));
    }
  }
  const artifacts = [await job.store()];
  calls += 1;
  await call(job.finish({ outcome: 'finished', artifacts }));
  await call(bench.alice.get(`/api/v1/jobs/${jobId}/log?pageLength=100`));
  return calls;
}

export interface CountedJob {
  readonly calls: number;
  readonly amounts: Amounts;
}

/** What one job bills: the second of a process, so that nothing is made for the first time. */
export async function countJob(runtime: Runtime, launcherMegabytes: number): Promise<CountedJob> {
  const bench = await openJobBench();
  try {
    await runJob(bench);
    let calls = 0;
    const used = await countedDuring(bench.app, async () => {
      calls = await runJob(bench);
    });
    const launch = await countLaunch(bench.app);
    const hours = JOB.seconds / 3600;
    const parts: readonly Amounts[] = [
      storesOf(used),
      storesOf(launch),
      plus({}, requestOf(CLOSED, runtime), calls),
      {
        lambdaRequest: 1,
        lambdaGbSecond: gbSeconds(JOB.launchMs, launcherMegabytes),
        logGb: (functionLog(LAUNCH_LINE) + JOB.workerLogBytes) / 1e9,
        sqsRequest: JOB.queueRequests,
        s3Put: JOB.objectsStored,
        s3Get: JOB.objectsFetched,
        fargateVcpuHour: JOB.vcpu * hours,
        fargateGbHour: JOB.gigabytes * hours,
        publicAddressMonth: hours / 730,
      },
    ];
    return { calls, amounts: parts.reduce((sum, part) => plus(sum, part)) };
  } finally {
    await bench.app.close();
  }
}
