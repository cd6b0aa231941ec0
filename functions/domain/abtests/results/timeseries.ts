import type { Analysis } from '#domain/stats/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { dayOf, daysBetween } from './days.ts';
import {
  type Recalculation,
  type ResultPlace,
  readResult,
  type StoredResult,
} from './result.items.ts';
import { dayItems, findWork } from './stored.ts';

export interface SeriesQuestion extends ResultPlace {
  readonly metricUuid: string;
  /** Milliseconds since the epoch. */
  readonly startDate: number;
  /** `null` while the experiment goes on. */
  readonly endDate: number | null;
  readonly timezone: string;
}

export interface Series {
  /** `partial`: some days are there. */
  readonly status: 'pending' | 'partial' | 'completed' | 'failed';
  /** One for each day from the start to the end, or to today; null where there is no result. */
  readonly days: ReadonlyMap<string, Analysis | null>;
  readonly errors: ReadonlyMap<string, string>;
  /** When the latest result was worked out; `undefined` while there is none. */
  readonly computedOn: number | undefined;
  readonly createdOn: number | undefined;
  readonly recalculation: Pick<Recalculation, 'status' | 'createdOn'> | undefined;
}

function statusOf(days: Series['days'], failures: number): Series['status'] {
  const done = [...days.values()].filter((analysis) => analysis !== null).length;
  if (done > 0) return done === days.size ? 'completed' : 'partial';
  return failures > 0 ? 'failed' : 'pending';
}

/** A result belongs to the day that was not over when it began to know no more. */
const dayOfResult = ({ queryTo }: StoredResult, timezone: string): string =>
  dayOf(queryTo - 1, timezone);

/** The results of a metric day by day, as far as they were worked out. */
export async function timeseriesOf(ctx: Context, question: SeriesQuestion): Promise<Series> {
  const { groupId, startDate, endDate, timezone } = question;
  requirePermission(ctx, 'read', { groupId, entity: 'project', lookup: { project_id: groupId } });
  const [items, recalculation] = await Promise.all([
    dayItems(ctx, question),
    findWork(ctx, question, 'series'),
  ]);
  const results = items.map(readResult);
  const last = Math.max(startDate, (endDate ?? ctx.clock.now()) - 1);
  const days = new Map<string, Analysis | null>(
    daysBetween(startDate, last, timezone).map(({ day }) => [day, null]),
  );
  const errors = new Map<string, string>();
  for (const result of results) {
    const day = dayOfResult(result, timezone);
    if (!days.has(day)) continue;
    if (result.status === 'failed') errors.set(day, result.error);
    else {
      days.set(day, result.analysis);
      errors.delete(day);
    }
  }
  const times = results.map(({ computedOn }) => computedOn);
  return {
    status: statusOf(days, errors.size),
    days,
    errors,
    computedOn: times.length === 0 ? undefined : Math.max(...times),
    createdOn: times.length === 0 ? undefined : Math.min(...times),
    recalculation:
      recalculation === undefined
        ? undefined
        : { status: recalculation.status, createdOn: recalculation.createdOn },
  };
}
