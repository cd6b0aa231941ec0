import { findFlag } from '#domain/flags/index.ts';
import { findRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { refuse } from '../refuse.ts';
import type { Experiment } from './experiment.items.ts';

const isRunning = ({ deleted, startDate, endDate }: Experiment): boolean =>
  !deleted && startDate !== null && endDate === null;

/** Throws `invalid` while an experiment that goes on needs the flag. */
export async function requireFlagUnused(
  ctx: Context,
  { groupId, id }: { readonly groupId: number; readonly id: number },
): Promise<void> {
  const { experimentIds } = await findFlag(ctx, { groupId, id });
  const found = await Promise.all(
    experimentIds.map((each) =>
      ifThere(findRow<Experiment>(ctx, 'experiment', { groupId, id: each })),
    ),
  );
  const running = found.filter((each) => each !== undefined && isRunning(each));
  if (running.length === 0) return;
  const names = running.map((each) => `"${each?.name}"`).join(', ');
  throw refuse(
    `Cannot delete a feature flag that is linked to running experiment(s): ${names.slice(0, 500)}. ` +
      'Please stop the experiment(s) before deleting the flag.',
  );
}
