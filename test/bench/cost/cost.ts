/** The bill of the usual questions: a million calls, a thousand jobs, a month in which nobody calls. */
import { type IdleMonth, idleMonth } from '../../../infra/idle-cost.ts';
import { type Amounts, dollarsOf, PRICE_LIST, plus } from '../../../infra/prices.ts';
import type { Runtime } from './amounts.ts';
import { idleRun } from './background.ts';
import { millionCalls } from './calls.ts';
import { millionEvents } from './events.ts';
import { countJob } from './job.ts';
import { requestLog } from './logs.ts';
import { deployedResources, megabytesOf } from './template.ts';

/** The most that something may cost, in dollars. */
export const GOALS = {
  mixedCalls: 4,
  idleMonth: 0.1,
  jobs: 0.8,
  events: 0.5,
  evaluations: 3,
} as const;

export interface Bill {
  readonly what: string;
  readonly dollars: number;
  readonly goal?: number;
  readonly amounts: Amounts;
}

export interface Cost {
  readonly prices: typeof PRICE_LIST;
  readonly runtime: Runtime;
  readonly callsOfOneJob: number;
  readonly bills: readonly Bill[];
  readonly idle: IdleMonth & { readonly goal: number };
}

const JOBS = 1_000;

const bill = (what: string, amounts: Amounts, goal?: number): Bill => ({
  what,
  dollars: dollarsOf(amounts),
  ...(goal !== undefined && { goal }),
  amounts,
});

/** Counts what is billed on the real application, in process, and multiplies it with the list prices. */
export async function countCost(context: Readonly<Record<string, unknown>> = {}): Promise<Cost> {
  const resources = deployedResources(context);
  const api = megabytesOf(resources, 'ApiFunction');
  const sweep = megabytesOf(resources, 'SweepFunction');
  const launch = megabytesOf(resources, 'LaunchFunction');
  const runtime = { megabytes: api, logBytes: requestLog(resources) };
  const { reads, writes, mixed } = await millionCalls(runtime);
  const job = await countJob(runtime, launch);
  const { events, evaluations } = await millionEvents(runtime, {
    flags: megabytesOf(resources, 'FlagsFunction'),
    ingest: megabytesOf(resources, 'IngestFunction'),
    events: megabytesOf(resources, 'EventsFunction'),
    results: megabytesOf(resources, 'ResultsFunction'),
  });
  const idle = idleMonth(resources, await idleRun({ sweep, launch }));
  return {
    prices: PRICE_LIST,
    runtime,
    callsOfOneJob: job.calls,
    bills: [
      bill('a million reads', reads),
      bill('a million writes', writes),
      bill('a million mixed calls, two of three reads', mixed, GOALS.mixedCalls),
      bill('a thousand jobs of two minutes', plus({}, job.amounts, JOBS), GOALS.jobs),
      bill('a million events, with their first month', events, GOALS.events),
      bill('a million evaluations of all flags of a project', evaluations, GOALS.evaluations),
    ],
    idle: { ...idle, goal: GOALS.idleMonth },
  };
}
