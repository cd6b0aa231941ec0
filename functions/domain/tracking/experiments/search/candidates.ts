import { experimentKind } from '#domain/experiments/index.ts';
import {
  deletedList,
  groupList,
  type ListRow,
  listedResources,
  readWholeLists,
  type Summary,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Entry } from '../../schemas.ts';
import { defaultExperiment } from '../default-experiment.ts';
import { listedTags, taggedList } from '../experiment.items.ts';
import { defaultExperimentOf } from '../experiment-ids.ts';
import { readSide } from '../side.items.ts';
import { readSides } from '../sides.ts';
import { tagsOf } from '../tag-pages.ts';
import { allTags, keptOf, type TrackedExperiment, toTracked } from '../tracked.ts';

/** Which experiments by whether they are deleted. */
export type ExperimentView = 'active' | 'deleted' | 'all';

/** An experiment as lists know it: without tags where they do not hold all of them. */
export type Candidate = Omit<TrackedExperiment, 'tags'> & {
  readonly tags: readonly Entry[] | undefined;
  /** Where it stands in a list; the experiment that a group has from the start is in none. */
  readonly row?: ListRow;
};

type Tags = ReadonlyMap<number, readonly Entry[] | undefined>;

const NONE: readonly Entry[] = [];
const isCut = ({ cut }: Summary, field: string): boolean =>
  Array.isArray(cut) && cut.includes(field);

function ofRow(row: ListRow, groupId: number, deleted: boolean, tags: Tags): Candidate {
  const { summary } = row;
  const { artifactRoot, madeBy } = keptOf({ kept: summary as { readonly [name: string]: string } });
  const own = tags.has(row.id) ? tags.get(row.id) : NONE;
  const shown = {
    id: row.id,
    description: String(summary.description ?? ''),
    ...(madeBy === undefined ? {} : { madeBy }),
  };
  const isWhole = own !== undefined && !isCut(summary, 'description');
  return {
    id: row.id,
    groupId,
    name: String(summary.name),
    createdOn: Number(summary.madeOn),
    changedOn: Number(summary.changedOn),
    deleted,
    ...(artifactRoot === undefined ? {} : { artifactRoot }),
    tags: isWhole ? allTags(shown, own) : undefined,
    row,
  };
}

/** Rows of before tell no times, and long names are cut. */
const isListedWhole = ({ summary }: ListRow): boolean =>
  typeof summary.madeOn === 'number' && !isCut(summary, 'name');

/** The experiments themselves, for what lists do not tell. */
async function readWhole(
  ctx: Context,
  rows: readonly ListRow[],
): Promise<readonly TrackedExperiment[]> {
  if (rows.length === 0) return [];
  const [experiments, sides] = await Promise.all([
    listedResources(ctx, experimentKind, rows),
    readSides(
      ctx,
      rows.map(({ id }) => id),
    ),
  ]);
  return experiments.map((experiment, at) => toTracked(experiment, tagsOf(sides[at]?.pages ?? [])));
}

/** The same with all tags of each. */
export async function withTags(
  ctx: Context,
  candidates: readonly Candidate[],
): Promise<readonly TrackedExperiment[]> {
  const rows = candidates.flatMap(({ tags, row }) =>
    tags === undefined && row !== undefined ? [row] : [],
  );
  const read = new Map((await readWhole(ctx, rows)).map((each) => [each.id, each.tags]));
  return candidates.map(({ row: _, tags, ...each }) => ({
    ...each,
    tags: tags ?? read.get(each.id) ?? NONE,
  }));
}

async function listed(
  ctx: Context,
  groupId: number,
  deleted: boolean,
  tags: Promise<Tags>,
): Promise<readonly Candidate[]> {
  const live = groupList({ groupId, type: experimentKind.type });
  const [{ rows }, own] = await Promise.all([
    readWholeLists(ctx, [deleted ? deletedList(live) : live]),
    tags,
  ]);
  const whole = await readWhole(
    ctx,
    rows.filter((row) => !isListedWhole(row)),
  );
  const known = new Map(whole.map((each) => [each.id, each]));
  return rows.map((row) => known.get(row.id) ?? ofRow(row, groupId, deleted, own));
}

async function tagsOfGroup(ctx: Context, groupId: number): Promise<Tags> {
  const { rows } = await readWholeLists(ctx, [taggedList(groupId)]);
  return new Map(rows.map(({ id, summary }) => [id, listedTags(summary)]));
}

const STAGES: { readonly [view in ExperimentView]: readonly boolean[] } = {
  active: [false],
  deleted: [true],
  all: [false, true],
};

/** The experiments that groups have from the start, with all of their tags. */
async function defaults(
  ctx: Context,
  groups: readonly number[],
  view: ExperimentView,
): Promise<readonly Candidate[]> {
  const sides = await readSides(ctx, groups.map(defaultExperimentOf));
  const found = await Promise.all(
    sides.map(async ({ item, pages }, at) => {
      const experiment = await defaultExperiment(ctx, groups[at] ?? 0, readSide(item));
      return toTracked(experiment, tagsOf(pages));
    }),
  );
  return found.filter(({ deleted }) => STAGES[view].includes(deleted));
}

/** All experiments of some groups in a view, in no order: for callers who may read these groups. */
export async function candidatesOf(
  ctx: Context,
  groups: readonly number[],
  view: ExperimentView,
): Promise<readonly Candidate[]> {
  const lists = groups.flatMap((groupId) => {
    const tags = tagsOfGroup(ctx, groupId);
    return STAGES[view].map((deleted) => listed(ctx, groupId, deleted, tags));
  });
  const found = await Promise.all([defaults(ctx, groups, view), ...lists]);
  return found.flat();
}
