import { findProject } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { daysBetween } from '../results/days.ts';
import { allExperiments } from './list.ts';

/** How a project has been testing lately. */
export interface ExperimentStats {
  readonly launchedLast30Days: number;
  readonly launchedPrevious30Days: number;
  /** Of the former against the latter, to one decimal. */
  readonly percentChange: number;
  readonly active: number;
  readonly completedLast30Days: number;
}

function percentChange(now: number, before: number): number {
  if (before === 0) return now > 0 ? 100 : 0;
  return Math.round(((now - before) / before) * 1_000) / 10;
}

const DAY_MS = 86_400_000;

/** When the day of so many days ago began. */
function startOf(now: number, timezone: string, daysAgo: number): number {
  // Two days more, since days are not all of one length.
  const days = daysBetween(now - (daysAgo + 2) * DAY_MS, now, timezone);
  return days.at(-1 - daysAgo)?.from ?? now;
}

/** Counts experiments that are neither deleted nor archived, by days of the project's time zone. */
export async function experimentStats(ctx: Context, groupId: number): Promise<ExperimentStats> {
  const { timezone } = await findProject(ctx, groupId);
  const all = (await allExperiments(ctx, groupId)).map(({ experiment }) => experiment);
  const there = all.filter(({ archived }) => !archived);
  const now = ctx.clock.now();
  const since = startOf(now, timezone, 30);
  const before = startOf(now, timezone, 60);
  const between = (date: number | null, from: number, to: number): boolean =>
    date !== null && date >= from && date < to;
  const launched = there.filter(({ startDate }) => between(startDate, since, Infinity)).length;
  const previous = there.filter(({ startDate }) => between(startDate, before, since)).length;
  return {
    launchedLast30Days: launched,
    launchedPrevious30Days: previous,
    percentChange: percentChange(launched, previous),
    active: there.filter(({ startDate, endDate }) => startDate !== null && endDate === null).length,
    completedLast30Days: there.filter(({ endDate }) => between(endDate, since, Infinity)).length,
  };
}
