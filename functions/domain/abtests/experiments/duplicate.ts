import { listRows, newRow, type Row } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { fingerprinted } from './analysis.ts';
import { commit, thereStill } from './commit.ts';
import { type CopyRequest, draftLike, nameOfCopy, requireCopyable } from './copied.ts';
import { isOvertaken } from './create.ts';
import type { Experiment, ExperimentPlace } from './experiment.items.ts';
import { type Found, findExperiment } from './find.ts';
import { newLinks } from './saved-metric-links.ts';

async function freeName(ctx: Context, { groupId, name }: Experiment): Promise<string> {
  const rows = await listRows<Experiment>(ctx, 'experiment', groupId);
  return nameOfCopy(name, new Set(rows.map((row) => row.name)));
}

async function tryDuplicate(
  ctx: Context,
  place: ExperimentPlace,
  row: Row,
  { flagKey, name }: CopyRequest,
): Promise<Found> {
  const { experiment: source } = await findExperiment(ctx, place);
  requireCopyable(source);
  const { groupId } = place;
  const own = name ?? (await freeName(ctx, source));
  const { draft, link } = await draftLike(ctx, source, row, { name: own, flagKey });
  const savedMetrics = await newLinks(ctx, groupId, source.savedMetrics, []);
  const experiment = fingerprinted({ ...draft, savedMetrics });
  const checks = experiment.savedMetrics.map(({ savedMetricId }) =>
    thereStill('saved_metric', groupId, savedMetricId),
  );
  await commit(ctx, [{ name: 'experiment', after: experiment }], { ...link, checks });
  return { experiment, flag: link.flag };
}

/** Makes a draft like an experiment, on the same flag unless another is named. Throws `not_found`, `invalid`. */
export async function duplicateExperiment(
  ctx: Context,
  place: ExperimentPlace,
  request: CopyRequest,
): Promise<Found> {
  requireCopyable((await findExperiment(ctx, place)).experiment);
  const row = await newRow(ctx, 'experiment', place.groupId);
  return whileContended(ctx, () => tryDuplicate(ctx, place, row, request), isOvertaken);
}
