import { type Flag, planFlagChange } from '#domain/flags/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { holdoutNamed } from '../holdouts/find.ts';
import { type Holdout, holdoutOfFlag } from '../holdouts/holdout.items.ts';
import { parseExposureCriteria, parseStatsConfig } from '../metrics/index.ts';
import { baselineOf } from './analysis.ts';
import { type Companions, commit, finished, sameRow, thereStill, withPlan } from './commit.ts';
import type { Doc, Experiment, ExperimentPlace, ExperimentWishes } from './experiment.items.ts';
import { type Found, findKept } from './find.ts';
import { changedFilters } from './flag-filters.ts';
import { measuresOf } from './measures.ts';
import {
  inBothPlaces,
  type ParsedParameters,
  parseCalculation,
  parseParameters,
} from './parameters.ts';
import { requireChangeable, requireLaunchable } from './rules.ts';
import { variantsOf } from './variants.ts';

interface Wanted {
  readonly found: Found;
  readonly wishes: ExperimentWishes;
  readonly parsed: ParsedParameters | undefined;
  readonly holdout: Holdout | undefined;
  /** Its holdout is to be another one, or none. */
  readonly movesHoldout: boolean;
  readonly isLaunch: boolean;
}

/** What is said of these is taken as it is. */
const PLAIN = [
  'name',
  'description',
  'startDate',
  'endDate',
  'schedulingConfig',
  'archived',
  'conclusion',
  'conclusionComment',
  'onlyCountMaturedUsers',
  'exposurePreaggregation',
] as const;

function plainFields(wishes: ExperimentWishes): Partial<Experiment> {
  const said = PLAIN.flatMap((name) => (wishes[name] === undefined ? [] : [[name, wishes[name]]]));
  const { deleted, filters, secondaryMetrics, kind } = wishes;
  return {
    ...Object.fromEntries(said),
    ...(typeof deleted === 'boolean' && { deleted }),
    ...(filters !== undefined && { filters: filters ?? {} }),
    ...(secondaryMetrics !== undefined && { secondaryMetrics: secondaryMetrics ?? [] }),
    ...(kind !== undefined && { kind: kind ?? 'product' }),
  };
}

function parameterFields({ found, wishes, parsed }: Wanted): Partial<Experiment> {
  const { runningTimeCalculation: calculation } = wishes;
  if (wishes.parameters === undefined && calculation === undefined) return {};
  const own =
    wishes.parameters === undefined ? found.experiment.parameters : (parsed?.parameters ?? null);
  return inBothPlaces(own, calculation === undefined ? undefined : parseCalculation(calculation));
}

function analysisFields({ found, wishes, parsed }: Wanted): Partial<Experiment> {
  const variants = parsed?.variants ?? (found.flag === undefined ? [] : variantsOf(found.flag));
  const keys = variants.map(({ key }) => key);
  const { exposureCriteria, statsConfig } = wishes;
  return {
    ...(exposureCriteria !== undefined && {
      exposureCriteria: parseExposureCriteria(exposureCriteria),
    }),
    ...(statsConfig !== undefined && { statsConfig: parseStatsConfig(statsConfig, keys) }),
  };
}

/** Filters that the flag is to have: of a draft it follows what is said, later only if that is asked for. */
function filtersOf({ found, wishes, parsed, holdout, movesHoldout }: Wanted): Doc | undefined {
  const { experiment, flag } = found;
  const follows = experiment.startDate === null || wishes.updateFlag === true;
  const isSynced = follows && parsed !== undefined;
  if (flag === undefined || flag.deleted || (!isSynced && !movesHoldout)) return undefined;
  return changedFilters(flag.filters, {
    parameters: isSynced ? parsed.parameters : null,
    variants: isSynced ? parsed.variants : undefined,
    ...(movesHoldout ? { holdout: holdoutOfFlag(holdout) } : {}),
  });
}

function linkedIds({ found, wishes }: Wanted): readonly number[] | undefined {
  const { experiment, flag } = found;
  if (flag === undefined || typeof wishes.deleted !== 'boolean') return undefined;
  if (wishes.deleted === experiment.deleted) return undefined;
  const others = flag.experimentIds.filter((id) => id !== experiment.id);
  return wishes.deleted ? others : [...others, experiment.id];
}

function flagWishes(wanted: Wanted): Partial<Flag> {
  const { flag } = wanted.found;
  const filters = filtersOf(wanted);
  const experimentIds = linkedIds(wanted);
  const continuity = wanted.parsed?.parameters.ensure_experience_continuity;
  return {
    ...(filters !== undefined && { filters }),
    ...(filters !== undefined &&
      typeof continuity === 'boolean' && { ensureExperienceContinuity: continuity }),
    ...(experimentIds !== undefined && { experimentIds }),
    ...(wanted.isLaunch && flag?.active === false && { active: true }),
  };
}

/** What goes with the experiment, its flag before all. */
async function companionsOf(
  ctx: Context,
  wanted: Wanted,
  after: Experiment,
): Promise<Companions & Pick<Found, 'flag'>> {
  const { experiment, flag } = wanted.found;
  const known = new Set(experiment.savedMetrics.map(({ id }) => id));
  const fresh = after.savedMetrics.filter(({ id }) => !known.has(id));
  const checks = [
    ...(wanted.holdout === undefined ? [] : [sameRow('holdout', wanted.holdout)]),
    ...fresh.map(({ savedMetricId }) => thereStill('saved_metric', after.groupId, savedMetricId)),
  ];
  const wishes = flagWishes(wanted);
  if (flag === undefined || Object.keys(wishes).length === 0) {
    const held = wanted.isLaunch && flag !== undefined ? [sameRow('feature_flag', flag)] : [];
    return { flag, changes: [], checks: [...checks, ...held] };
  }
  const plan = await planFlagChange(ctx, flag, wishes);
  return { flag: plan.flag, ...withPlan(plan), checks };
}

async function wantedOf(ctx: Context, found: Found, wishes: ExperimentWishes): Promise<Wanted> {
  const { experiment, flag } = found;
  const { parameters } = wishes;
  const baseline = baselineOf(wishes.statsConfig ?? experiment.statsConfig);
  const parsed =
    parameters === undefined || parameters === null
      ? undefined
      : parseParameters(parameters, baseline);
  requireChangeable(experiment, flag, wishes, parsed?.variants);
  const movesHoldout = wishes.holdoutId !== undefined && wishes.holdoutId !== experiment.holdoutId;
  const isLaunch = experiment.startDate === null && typeof wishes.startDate === 'number';
  if (isLaunch) requireLaunchable(flag, parsed?.variants);
  const holdout = movesHoldout
    ? await holdoutNamed(ctx, experiment.groupId, wishes.holdoutId)
    : undefined;
  return { found, wishes, parsed, holdout, movesHoldout, isLaunch };
}

async function tryChange(
  ctx: Context,
  place: ExperimentPlace,
  wishes: ExperimentWishes,
): Promise<Found> {
  const found = await findKept(ctx, place);
  const before = found.experiment;
  if (before.deleted && wishes.deleted !== false) throw notFound('experiment', { id: place.id });
  const wanted = await wantedOf(ctx, found, wishes);
  const measures = await measuresOf(ctx, place.groupId, before, wishes);
  const after = finished(ctx, before, {
    ...plainFields(wishes),
    ...parameterFields(wanted),
    ...analysisFields(wanted),
    ...(wanted.movesHoldout && { holdoutId: wanted.holdout?.id ?? null }),
    ...measures,
  });
  const { flag, ...companions } = await companionsOf(ctx, wanted, after);
  await commit(ctx, [{ name: 'experiment', before, after }], companions);
  return { experiment: after, flag };
}

/**
 * Changes an experiment, and its flag with it where that follows. One that is deleted is found only to be
 * restored. Throws `not_found`, `invalid` with the field that is wrong or may not change any more.
 */
export const changeExperiment = (
  ctx: Context,
  place: ExperimentPlace,
  wishes: ExperimentWishes,
): Promise<Found> => whileContended(ctx, () => tryChange(ctx, place, wishes));
