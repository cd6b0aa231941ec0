/** The suite of jobs, tiny: that it measures what it says, and sees what goes wrong. */
import process from 'node:process';
import { expect, it } from 'vitest';
import { descendantsOf } from './frame/processes.ts';
import { jobsReport } from './jobs/report.ts';
import { failuresOf, runJobs } from './jobs/suite.ts';
import { memoryOf } from './jobs/watch.ts';

const JOBS = 30;
const PICKUPS = 5;

it('runs jobs on workers in processes of their own, and reads back what they left', async () => {
  const results = await runJobs({
    rows: [{ processes: 2, slots: 4 }],
    jobs: JOBS,
    pickups: PICKUPS,
    pickupMs: 50,
    profileTo: undefined,
    signal: new AbortController().signal,
    say: () => undefined,
  });

  const jobs = JOBS + PICKUPS + JOBS / 5;
  expect(failuresOf(results)).toEqual([]);
  expect(results.rows.map(({ verified }) => verified)).toEqual([
    {
      ...{ finished: jobs, lines: 20 * jobs, artifacts: jobs, sampled: jobs },
      ...{ lost: 0, repeated: 0, messages: 0, faults: [] },
    },
  ]);
  expect(results.rows[0]?.pickup.started.p50Ms).toBeGreaterThan(0);
  expect(results.oneJob.calls.at(-1)).toBe('POST /jobs/{id}/finish');
  expect(jobsReport(results)).toContain('2 × 4');
  expect(descendantsOf(process.pid)).toEqual([]);
});

it('tells memory at shares of the jobs, and how it grows over the second half', () => {
  const samples = Array.from({ length: 101 }, (_, at) => ({
    done: at * 100,
    mb: at < 50 ? 100 + at : 150 + (at - 50) / 10,
  }));

  expect(memoryOf(samples)).toEqual({
    ...{ mbAt10: 110, mbAt50: 150, mbAt100: 155 },
    mbPerThousandJobs: 1,
  });
});
