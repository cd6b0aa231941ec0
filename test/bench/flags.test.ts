/** The suite of flags, tiny: that it measures what it says, and sees what goes wrong. */
import { expect, it } from 'vitest';
import { flagsReport } from './flags/report.ts';
import { type FlagsResults, flagFailures, runFlags } from './flags/suite.ts';

let results: FlagsResults;

it('evaluates flags beside the SDK, takes events and works results out', async () => {
  results = await runFlags({
    quick: true,
    signal: new AbortController().signal,
    say: () => undefined,
  });

  expect(flagFailures(results, false)).toEqual([]);
  expect(results.evaluation.agreeing).toBe(results.evaluation.people);
  expect(results.ingest.map(({ events }) => events)).toEqual(results.ingest.map(() => 2_000));
  expect(results.results.rows.map(({ people }) => people)).toEqual([500, 2_000]);
  expect(flagsReport(results)).toContain('posthog-node');
});

it('names each row that misses its goal', () => {
  const { evaluation, ingest, results: growth } = results;
  const slow: FlagsResults = {
    ...results,
    evaluation: {
      ...evaluation,
      agreeing: evaluation.people - 1,
      ours: { ...evaluation.ours, p50Ms: 2 },
      ratio: { median: 0.5, least: 0.4, most: 0.6 },
    },
    ingest: ingest.map((row) => ({ ...row, cpuMsPerThousand: 500 })),
    results: { rows: growth.rows.map((row) => ({ ...row, people: 1 })), exponent: 1.5 },
  };

  expect(flagFailures(slow, true)).toHaveLength(1 + 2 + 2 + ingest.length + 1);
  expect(flagFailures(slow, false)).toHaveLength(1 + 2);
});
