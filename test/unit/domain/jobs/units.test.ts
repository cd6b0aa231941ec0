/** What a job costs at the table, in units and calls: they are the same on any machine. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const LINES = Array.from({ length: 20 }, (_, line) => `line ${line} of twenty ${'.'.repeat(50)}`);

/** A short job: submitted, claimed, its log in one call, its artifact, its end. */
async function runJob(): Promise<readonly (readonly [step: string, units: number])[]> {
  const steps: [string, number][] = [];
  const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    bench.app.meter.reset();
    const value = await act();
    await bench.app.settled();
    steps.push([name, bench.app.meter.snapshot().writeUnits]);
    return value;
  };
  const job = await step('submit', () => bench.submit());
  const held = await step('claim', () => bench.hold(job.id, 1));
  await step('log', () => held.log(0, LINES));
  const artifact = await step('store', () => held.store());
  await step('finish', () => held.finish({ outcome: 'finished', artifacts: [artifact] }));
  return steps;
}

it('a job with twenty lines and an artifact takes at most forty write units', async () => {
  await runJob();

  const steps = await runJob();

  const total = steps.reduce((sum, [, units]) => sum + units, 0);
  expect(Object.fromEntries([...steps, ['in all', total]])).toMatchObject({ log: 1, store: 0 });
  expect([total <= 40, steps]).toEqual([true, steps]);
});
