/** What a job costs, in units and calls: they are the same on any machine. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countJob } from '../../../bench/jobs/one-job.ts';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const LINES = Array.from({ length: 20 }, (_, line) => `line ${line} of twenty ${'.'.repeat(50)}`);

interface Step {
  readonly name: string;
  readonly writeUnits: number;
  /** Of the table, the store of files and the queue. */
  readonly calls: number;
}

/** A short job: submitted, claimed, its log in one call, its artifact, its end. */
async function runJob(): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    bench.app.meter.reset();
    const value = await act();
    await bench.app.settled();
    const { writeUnits, tableCalls, blobCalls, messageCalls } = bench.app.meter.snapshot();
    steps.push({ name, writeUnits, calls: tableCalls + blobCalls + messageCalls });
    return value;
  };
  const job = await step('submit', () => bench.submit());
  const held = await step('claim', () => bench.hold(job.id, 1));
  await step('log', () => held.log(0, LINES));
  const artifact = await step('store', () => held.store());
  await step('finish', () => held.finish({ outcome: 'finished', artifacts: [artifact] }));
  return steps;
}

const sum = (steps: readonly Step[], of: 'writeUnits' | 'calls'): number =>
  steps.reduce((all, step) => all + step[of], 0);

it('a job with twenty lines and an artifact takes at most forty write units and twenty calls', async () => {
  // What a process learns once is known by then.
  await runJob();

  const steps = await runJob();

  expect(steps.find(({ name }) => name === 'log')).toMatchObject({ writeUnits: 1 });
  expect([sum(steps, 'writeUnits') <= 40, steps]).toEqual([true, steps]);
  expect([sum(steps, 'calls') <= 20, steps]).toEqual([true, steps]);
});

it('a worker makes at most twenty calls for it, those of the queue included', async () => {
  const { writeUnits, workerCalls, messageCalls, calls } = await countJob();

  expect([writeUnits <= 40, writeUnits]).toEqual([true, writeUnits]);
  expect([workerCalls + messageCalls <= 20, calls]).toEqual([true, calls]);
  // Sent by whoever submits it; received and removed by the worker.
  expect(messageCalls).toBe(3);
});
