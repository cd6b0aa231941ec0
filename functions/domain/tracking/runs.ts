import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid, unavailable } from '#kernel/errors.ts';
import {
  all,
  type Changes,
  type Condition,
  exists,
  itemExists,
  missing,
  update,
} from '#kernel/table.ts';
import { experimentLookup } from './experiments/experiment-ids.ts';
import { withDatasets } from './inputs/dataset-content.ts';
import { NOT_LOOKED_AT, newRunItems, readRun, runKeys } from './run.items.ts';
import { deletedDetail, NO_INPUTS, type RunDetail, readDetail } from './run-detail.ts';
import { newRunId, runIdTaken } from './run-id.ts';
import { seenBySearches } from './run-index/lagging.ts';
import { runName } from './run-name.ts';
import {
  checkedTag,
  cut,
  type Entry,
  invalidValue,
  MAX_BATCH_TAGS,
  MAX_RUN_TIME,
  MAX_TAG_VALUE,
  RUN_NAME_TAG,
  type Run,
  type RunStatus,
} from './schemas.ts';
import {
  activeExperiment,
  deletionWithExperiment,
  rememberRun,
  rememberScope,
  requireActive,
  requireUnlocked,
  runMissing,
  runScope,
  scopeOf,
  targetOf,
} from './scope.ts';

export interface NewRun {
  /** The id that it has at another server; see run-id.ts. */
  readonly id?: string;
  readonly experimentId: number;
  readonly user: string;
  readonly name?: string;
  readonly startTime: number;
  readonly tags: readonly Entry[];
}

export function requireRunTime(time: number, path: string): void {
  if (Number.isSafeInteger(time) && time >= 0 && time <= MAX_RUN_TIME) return;
  throw invalidValue(path, String(time), 'Use milliseconds since the epoch.');
}

/** The tags of a new run; the last of equal keys counts. */
function checkedTags(tags: readonly Entry[]): readonly Entry[] {
  if (tags.length > MAX_BATCH_TAGS) {
    throw invalid('too_many', `A run can be made with at most ${MAX_BATCH_TAGS} tags.`);
  }
  const checked = tags.map((tag, index) => checkedTag(tag, `tags[${index}].`));
  return [...new Map(checked.map((tag) => [tag.key, tag])).values()];
}

/** The name of a new run, by its argument, its tag or, without both, by chance. */
function chosenName(ctx: Context, input: NewRun, tags: readonly Entry[]): string {
  const tagged = tags.findLast((tag) => tag.key === RUN_NAME_TAG)?.value ?? '';
  const given = input.name ?? '';
  if (given !== '' && tagged !== '' && given !== tagged) {
    throw invalid(
      'run_name',
      `Both 'run_name' argument and '${RUN_NAME_TAG}' tag are specified, but with different values ` +
        '(run_name and tag): leave one out.',
    );
  }
  const name = given === '' ? tagged : given;
  if (!name.isWellFormed()) throw invalidValue('run_name', 'not shown', 'It is not Unicode.');
  return name === '' ? runName(ctx.ids.hex32()) : cut(name, MAX_TAG_VALUE);
}

/** Starts a run in an experiment. A job's own child may do so in the experiment of its job. */
export async function createRun(ctx: Context, input: NewRun): Promise<RunDetail> {
  const { actor } = ctx;
  const { groupId, artifactRoot } = await activeExperiment(ctx, input.experimentId);
  const inItsJob = actor.kind === 'job' && actor.experimentId === input.experimentId;
  requirePermission(ctx, 'write', {
    groupId,
    entity: 'experiment',
    lookup: experimentLookup(input.experimentId),
    ...(inItsJob ? { jobId: actor.jobId } : {}),
  });
  const tags = checkedTags(input.tags);
  requireRunTime(input.startTime, 'start_time');
  const run: Run = {
    id: await newRunId(ctx, input.id),
    experimentId: input.experimentId,
    groupId,
    ...(inItsJob ? { jobId: actor.jobId, attempt: actor.attempt } : {}),
    user: storedUser(input.user),
    name: chosenName(ctx, input, tags),
    status: 'RUNNING',
    startTime: input.startTime,
    ...(artifactRoot === undefined ? {} : { artifactRoot }),
  };
  await storeRun(ctx, run, tags, input.id !== undefined);
  const others = tags.filter((tag) => tag.key !== RUN_NAME_TAG);
  return {
    run,
    ranks: [],
    params: [],
    tags: [{ key: RUN_NAME_TAG, value: run.name }, ...others],
    inputs: NO_INPUTS,
  };
}

/**
 * A run whose id was chosen is marked only when it is there: a mark names a run by its id alone, and
 * searches would show whoever's it is.
 */
async function storeRun(
  ctx: Context,
  run: Run,
  tags: readonly Entry[],
  chosenId: boolean,
): Promise<void> {
  const writes = newRunItems(run, tags);
  const [row] = writes;
  const store = async () =>
    writes.length === 1 && row !== undefined ? ctx.table.write(row) : ctx.table.transact(writes);
  const outcome = await (chosenId ? store() : seenBySearches(ctx, scopeOf(run), store));
  if (!outcome.ok)
    throw chosenId ? runIdTaken(run.id) : unavailable('The run could not be made; try again.');
  if (row?.kind === 'put') rememberScope(ctx, row.item);
  if (chosenId) await seenBySearches(ctx, scopeOf(run), async () => undefined);
}

function storedUser(user: string): string {
  if (!user.isWellFormed()) throw invalidValue('user_id', 'not shown', 'It is not Unicode.');
  return cut(user, 256);
}

/** A run and all that was logged, in one query; one more for the datasets that it used. */
export async function getRun(ctx: Context, runId: string): Promise<RunDetail> {
  const isDeleted = deletionWithExperiment(ctx, runId);
  const detail = await readDetail(ctx, runId);
  if (detail === undefined) throw runMissing(runId);
  const scope = rememberRun(ctx, detail.run);
  requirePermission(ctx, 'read', targetOf(scope));
  const [whole = detail] = await withDatasets(ctx, [detail], { large: true });
  return (await isDeleted(scope)) ? deletedDetail(whole) : whole;
}

/** Changes status, end time and name; what is left out stays. */
export async function updateRun(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly status?: RunStatus;
    readonly endTime?: number;
    readonly name?: string;
  },
): Promise<Run> {
  const { runId, status, endTime } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  if (endTime !== undefined) requireRunTime(endTime, 'end_time');
  const name = input.name === undefined || input.name === '' ? undefined : input.name;
  if (name?.isWellFormed() === false) {
    throw invalidValue('run_name', 'not shown', 'It is not well-formed Unicode.');
  }
  const change = update(
    runKeys.run(runId),
    {
      set: { status, endTime, name: name === undefined ? undefined : cut(name, MAX_TAG_VALUE) },
      ...(status === undefined || status === 'RUNNING' ? {} : { remove: NOT_LOOKED_AT }),
    },
    all(itemExists, missing('deletedOn'), missing('lockedOn')),
  );
  const outcome = await seenBySearches(ctx, scope, () => ctx.table.write(change));
  if (!outcome.ok || outcome.item === undefined) {
    if (outcome.item === undefined) throw runMissing(runId);
    requireActive(rememberScope(ctx, outcome.item));
    throw runMissing(runId);
  }
  return readRun(outcome.item);
}

/** Deletes or restores a run; what was logged stays. Doing it again changes nothing. */
async function setDeleted(
  ctx: Context,
  runId: string,
  changes: Changes,
  condition: Condition,
): Promise<void> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireUnlocked(scope);
  const unlocked = all(itemExists, missing('lockedOn'), condition);
  const change = update(runKeys.run(runId), changes, unlocked);
  const outcome = await seenBySearches(ctx, scope, () => ctx.table.write(change));
  if (outcome.item === undefined) throw runMissing(runId);
  const after = rememberScope(ctx, outcome.item);
  if (outcome.ok) return;
  if (outcome.item.removedOn !== undefined) throw runMissing(runId);
  requireUnlocked(after);
}

/** Deletes a run softly. Throws `not_found`. */
export const deleteRun = (ctx: Context, runId: string): Promise<void> =>
  setDeleted(ctx, runId, { set: { deletedOn: ctx.clock.now() } }, missing('deletedOn'));

/** Restores a deleted run. Throws `not_found`. */
export const restoreRun = (ctx: Context, runId: string): Promise<void> =>
  setDeleted(ctx, runId, { remove: ['deletedOn'] }, all(exists('deletedOn'), missing('removedOn')));
