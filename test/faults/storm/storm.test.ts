/** P1–P12, P16–P22 together: jobs by the hundred while everything fails at once, and what is left of them. */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { awsStore } from './aws-store.ts';
import { diceOf } from './dice.ts';
import { judge } from './judge/judge.ts';
import type { StormPlan } from './plan.ts';
import { awsPlan, embeddedPlan } from './plans.ts';
import { reportOf } from './report.ts';
import { runStorm } from './storm.ts';
import { embeddedStore, type StormStore } from './storm-store.ts';

const FULL = process.env.FULL === '1';
/** `FAULT_SEED=N` repeats the plan of a storm; what happens at the same moment is still chance. */
const SEED = Number(process.env.FAULT_SEED ?? (FULL ? randomInt(1, 1_000_000) : 1));
const MINUTES = FULL ? 45 : 5;
/** A store that is away for minutes fails jobs; those moods are shorter. */
const FAILED_BY_STORM = 0.02;

async function weather(plan: StormPlan, open: () => Promise<StormStore>) {
  console.log(`FAULT_SEED=${plan.seed}: ${plan.jobs} jobs over ${plan.name}`);
  const store = await open();
  try {
    const end = await runStorm(plan, store);
    const verdict = judge(end.history);
    console.log(reportOf(end, verdict));
    return { end, verdict };
  } finally {
    await store.close();
  }
}

function requireGood(plan: StormPlan, { end, verdict }: Awaited<ReturnType<typeof weather>>): void {
  const { history, stuck } = end;
  const told = stuck.slice(0, 5).map((id) => history.jobs.get(id) ?? id);
  expect(verdict.wrongs.texts).toEqual([]);
  expect(told).toEqual([]);
  expect(verdict.log).toMatchObject({ lost: 0, doubled: 0 });
  // It was a storm, and there was something to lose in it.
  expect(history.jobs.size).toBeGreaterThan(plan.jobs * 0.9);
  expect(verdict.artifacts).toBeGreaterThan(plan.jobs * 0.3);
  expect(verdict.failedByStorm).toBeLessThanOrEqual(Math.max(1, plan.jobs * FAILED_BY_STORM));
}

describe('after a storm each job has ended once, and nothing that was acknowledged is lost', () => {
  it('on one machine', { timeout: MINUTES * 60_000 }, async () => {
    const plan = embeddedPlan(SEED, FULL);

    const seen = await weather(plan, embeddedStore);

    requireGood(plan, seen);
  });

  it('in AWS', { timeout: MINUTES * 60_000 }, async () => {
    const plan = awsPlan(SEED, FULL);
    const dice = diceOf(plan.seed).fork('aws');

    const seen = await weather(plan, () => awsStore(plan.stores, dice));

    requireGood(plan, seen);
  });
});
