import { findProject } from '#domain/projects/index.ts';
import type { Method } from '#domain/stats/index.ts';
import type { Context } from '#kernel/context.ts';
import { parseMetric, statsSettingsOf } from '../metrics/index.ts';
import { isDoc, refuse, wrong } from '../refuse.ts';
import { recalculate, type Series, type Started, timeseriesOf } from '../results/index.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import { findExperiment } from './find.ts';
import { questionOf, requestOf } from './question.ts';

/** Ours are shorter; whoever makes their own is free to. */
const FINGERPRINT = /^[\w-]{1,128}$/;

function requireFingerprint(fingerprint: unknown): string {
  if (typeof fingerprint === 'string' && FINGERPRINT.test(fingerprint)) return fingerprint;
  throw wrong('fingerprint', 'fingerprint is required: up to 128 letters, digits, - and _.');
}

/**
 * Has the days of a metric worked out anew, in the background. `metric` and `fingerprint` are unchecked.
 * Throws `invalid` where one is missing, and for an experiment that has not begun.
 */
export async function recalculateTimeseries(
  ctx: Context,
  place: ExperimentPlace,
  { metric, fingerprint }: { readonly metric?: unknown; readonly fingerprint?: unknown },
): Promise<Started> {
  if (!isDoc(metric)) throw wrong('metric', 'metric is required');
  const own = requireFingerprint(fingerprint);
  const parsed = parseMetric(metric, 'metric');
  const refusal = "Cannot recalculate timeseries for experiment that hasn't started";
  const question = await questionOf(ctx, place, refusal);
  const goesOn = question.experiment.endDate === null;
  return recalculate(ctx, requestOf(question, parsed, own), { goesOn });
}

/** The results of a metric day by day. Throws `invalid` for an experiment that has not begun. */
export async function experimentTimeseries(
  ctx: Context,
  place: ExperimentPlace,
  { metricUuid, fingerprint }: { readonly metricUuid?: string; readonly fingerprint?: string },
): Promise<Series & { readonly method: Method }> {
  if (metricUuid === undefined || metricUuid === '') {
    throw wrong('metric_uuid', 'metric_uuid is required');
  }
  const own = requireFingerprint(fingerprint);
  const [{ experiment }, project] = await Promise.all([
    findExperiment(ctx, place),
    findProject(ctx, place.groupId),
  ]);
  const { startDate, endDate, statsConfig } = experiment;
  if (startDate === null) throw refuse('Experiment has not been started yet');
  const series = await timeseriesOf(ctx, {
    groupId: place.groupId,
    experimentId: place.id,
    fingerprint: own,
    metricUuid,
    startDate,
    endDate,
    timezone: project.timezone,
  });
  return { ...series, method: statsSettingsOf(statsConfig, project).method };
}
