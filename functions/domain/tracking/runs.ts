import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid, unavailable } from '#kernel/errors.ts';
import { all, type Item, itemExists, missing, update } from '#kernel/table.ts';
import {
  entriesOf,
  type NamedPoint,
  newRunItems,
  readLatest,
  readRun,
  readTags,
  runKeys,
} from './run.items.ts';
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
  experimentGroup,
  rememberScope,
  requireActive,
  runMissing,
  runScope,
  targetOf,
} from './scope.ts';

/** A run with all that was logged; of each metric its latest point. */
export interface RunDetail {
  readonly run: Run;
  readonly metrics: readonly NamedPoint[];
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
}

export interface NewRun {
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
  const groupId = await experimentGroup(ctx, input.experimentId);
  const inItsJob = actor.kind === 'job' && actor.experimentId === input.experimentId;
  requirePermission(ctx, 'write', {
    groupId,
    entity: 'experiment',
    lookup: { resource_id: input.experimentId },
    ...(inItsJob ? { jobId: actor.jobId } : {}),
  });
  const tags = checkedTags(input.tags);
  requireRunTime(input.startTime, 'start_time');
  const run: Run = {
    id: ctx.ids.hex32(),
    experimentId: input.experimentId,
    groupId,
    ...(inItsJob ? { jobId: actor.jobId, attempt: actor.attempt } : {}),
    user: storedUser(input.user),
    name: chosenName(ctx, input, tags),
    status: 'RUNNING',
    startTime: input.startTime,
  };
  const writes = newRunItems(run, tags);
  const [row] = writes;
  const outcome =
    writes.length === 1 && row !== undefined
      ? await ctx.table.write(row)
      : await ctx.table.transact(writes);
  if (!outcome.ok) throw unavailable('The run could not be made; try again.');
  if (row?.kind === 'put') rememberScope(ctx, row.item);
  const others = tags.filter((tag) => tag.key !== RUN_NAME_TAG);
  return {
    run,
    metrics: [],
    params: [],
    tags: [{ key: RUN_NAME_TAG, value: run.name }, ...others],
  };
}

function storedUser(user: string): string {
  if (!user.isWellFormed()) throw invalidValue('user_id', 'not shown', 'It is not Unicode.');
  return cut(user, 256);
}

const startingWith = (items: readonly Item[], start: string): readonly Item[] =>
  items.filter((item) => item.sk.startsWith(start));

/** A run and all that was logged, in one query. */
export async function getRun(ctx: Context, runId: string): Promise<RunDetail> {
  const page = await ctx.table.query({ pk: runKeys.partition(runId), sk: runKeys.everything });
  const row = page.items.find((item) => item.sk === 'RUN');
  if (row === undefined) throw runMissing(runId);
  const scope = rememberScope(ctx, row);
  requirePermission(ctx, 'read', targetOf(scope));
  return {
    run: readRun(row),
    metrics: startingWith(page.items, runKeys.everyLatest).map(readLatest),
    params: startingWith(page.items, runKeys.everyParams).flatMap(entriesOf),
    tags: readTags(row, startingWith(page.items, 'T#')),
  };
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
  const outcome = await ctx.table.write(
    update(
      runKeys.run(runId),
      { set: { status, endTime, name: name === undefined ? undefined : cut(name, MAX_TAG_VALUE) } },
      all(itemExists, missing('deletedOn')),
    ),
  );
  if (!outcome.ok || outcome.item === undefined) {
    if (outcome.item === undefined) throw runMissing(runId);
    requireActive(rememberScope(ctx, outcome.item));
    throw runMissing(runId);
  }
  return readRun(outcome.item);
}
