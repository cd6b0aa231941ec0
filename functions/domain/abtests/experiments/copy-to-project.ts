import { renewedActor } from '#domain/identity/index.ts';
import { listRows, newRow } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import { type Context, withinGroup } from '#kernel/context.ts';
import { AppError, forbidden } from '#kernel/errors.ts';
import { fingerprinted } from './analysis.ts';
import { commit } from './commit.ts';
import { type CopyRequest, draftLike, nameOfCopy, requireCopyable } from './copied.ts';
import { isOvertaken } from './create.ts';
import type { Experiment, ExperimentPlace } from './experiment.items.ts';
import { type Found, findExperiment } from './find.ts';
import { orderOf } from './orders.ts';

const plain = (error: AppError, text: string): AppError =>
  new AppError(error.code, text, { detail: { body: { detail: text } } });

/**
 * The caller in another of its projects, where it may write. Throws `not_found` and `forbidden` where it
 * may not.
 */
export async function inOtherProject(ctx: Context, groupId: number): Promise<Context> {
  const actor = (await renewedActor(ctx, ctx.actor)) ?? ctx.actor;
  const other = withinGroup({ ...ctx, actor }, groupId);
  const flags = 'memberships' in other.actor ? other.actor.memberships.get(groupId)?.flags : null;
  if (flags === undefined || flags?.read === false) {
    throw plain(new AppError('not_found', ''), 'Target team not found.');
  }
  if (flags?.write === false) {
    throw plain(forbidden(''), 'You do not have write access to the target project.');
  }
  return other;
}

/** Metrics that are saved in one project are not there in another. */
const withoutSaved = (copy: Experiment): Experiment => ({
  ...copy,
  savedMetrics: [],
  primaryOrder: orderOf({
    list: 'primary',
    before: copy.primaryOrder,
    wished: undefined,
    metrics: copy.metrics,
    made: new Set(),
  }),
  secondaryOrder: orderOf({
    list: 'secondary',
    before: copy.secondaryOrder,
    wished: undefined,
    metrics: copy.metricsSecondary,
    made: new Set(),
  }),
});

async function copyOf(
  ctx: Context,
  source: Experiment,
  groupId: number,
  { flagKey, name }: CopyRequest,
): Promise<Found> {
  const row = await newRow(ctx, 'experiment', groupId);
  return whileContended(
    ctx,
    async () => {
      const rows = await listRows<Experiment>(ctx, 'experiment', groupId);
      const taken = new Set(rows.map((each) => each.name));
      const own = name ?? (taken.has(source.name) ? nameOfCopy(source.name, taken) : source.name);
      const { draft, link } = await draftLike(ctx, source, row, { name: own, flagKey });
      const experiment = fingerprinted(withoutSaved(draft));
      await commit(ctx, [{ name: 'experiment', after: experiment }], link);
      return { experiment, flag: link.flag };
    },
    isOvertaken,
  );
}

/**
 * Makes a draft like an experiment in another project, where the caller is `there`. Throws `not_found`
 * and, for what is measured in an old way, `invalid`.
 */
export async function copyToProject(
  ctx: Context,
  place: ExperimentPlace,
  {
    there,
    groupId,
    ...request
  }: CopyRequest & { readonly there: Context; readonly groupId: number },
): Promise<Found> {
  const { experiment: source } = await findExperiment(ctx, place);
  requireCopyable(source);
  return copyOf(there, source, groupId, request);
}
