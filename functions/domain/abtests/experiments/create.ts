import {
  findProject,
  newRow,
  type Project,
  type Row,
  requireInProject,
} from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { AppError } from '#kernel/errors.ts';
import { holdoutNamed } from '../holdouts/find.ts';
import { type Holdout, holdoutOfFlag } from '../holdouts/holdout.items.ts';
import { parseExposureCriteria, parseStatsConfig } from '../metrics/index.ts';
import { isDoc } from '../refuse.ts';
import { baselineOf, fingerprinted, newExposureCriteria, newStatsConfig } from './analysis.ts';
import { commit, sameRow, thereStill } from './commit.ts';
import type { Experiment, ExperimentWishes } from './experiment.items.ts';
import type { Found } from './find.ts';
import { type FlagLink, linkFlag } from './link-flag.ts';
import { type Measures, measuresOf, NO_MEASURES } from './measures.ts';
import {
  inBothPlaces,
  type ParsedParameters,
  parseCalculation,
  parseParameters,
  withVariants,
} from './parameters.ts';
import { requireDates, requireNoProperties } from './rules.ts';

export type NewExperiment = ExperimentWishes & {
  readonly groupId: number;
  readonly name: string;
  readonly flagKey: string;
};

/** Another call made the flag of this key a moment ago: then it is there to be used. */
export const isOvertaken = ({ reason, detail }: AppError): boolean =>
  reason === 'write_conflict' || (detail.code === 'unique' && detail.attr === 'key');

interface Parts {
  readonly row: Row;
  readonly wishes: NewExperiment;
  readonly link: FlagLink;
  readonly measures: Measures;
  readonly holdout: Holdout | undefined;
  readonly project: Project;
}

/** What is there before anything is tried. */
interface Start {
  readonly row: Row;
  readonly project: Project;
  readonly parsed: ParsedParameters | undefined;
}

/** What a wish says or, where it says nothing, what holds then. */
const plainFields = (wishes: NewExperiment) => ({
  name: wishes.name,
  description: wishes.description ?? null,
  startDate: wishes.startDate ?? null,
  endDate: wishes.endDate ?? null,
  secondaryMetrics: wishes.secondaryMetrics ?? [],
  filters: wishes.filters ?? {},
  archived: wishes.archived ?? false,
  deleted: false,
  kind: wishes.kind ?? ('product' as const),
  schedulingConfig: wishes.schedulingConfig ?? null,
  conclusion: wishes.conclusion ?? null,
  conclusionComment: wishes.conclusionComment ?? null,
  onlyCountMaturedUsers: wishes.onlyCountMaturedUsers ?? false,
  exposurePreaggregation: wishes.exposurePreaggregation ?? false,
});

/** Parameters that were sent name the variants that the flag has. */
function parametersOf({ parameters, runningTimeCalculation }: NewExperiment, link: FlagLink) {
  const named = parameters?.feature_flag_variants;
  const isNaming = Array.isArray(named) && named.length > 0;
  const own =
    parameters !== null && parameters !== undefined && isNaming
      ? withVariants(parameters, link.variants)
      : (parameters ?? null);
  const calculation = runningTimeCalculation ?? undefined;
  return inBothPlaces(own, calculation && parseCalculation(calculation));
}

function newExperiment({ row, project, wishes, link, measures, holdout }: Parts): Experiment {
  const keys = link.variants.map(({ key }) => key);
  return fingerprinted({
    ...row,
    ...plainFields(wishes),
    flagId: link.flag.id,
    flagKey: link.flag.key,
    holdoutId: holdout?.id ?? null,
    exposureCohortId: null,
    ...parametersOf(wishes, link),
    ...measures,
    exposureCriteria: newExposureCriteria(parseExposureCriteria(wishes.exposureCriteria ?? null)),
    statsConfig: newStatsConfig(parseStatsConfig(wishes.statsConfig ?? null, keys), project),
  });
}

const launches = ({ startDate }: ExperimentWishes): boolean =>
  startDate !== undefined && startDate !== null;

async function tryCreate(
  ctx: Context,
  { row, project, parsed }: Start,
  wishes: NewExperiment,
): Promise<Found> {
  const { groupId } = wishes;
  const holdout = await holdoutNamed(ctx, groupId, wishes.holdoutId);
  const measures = await measuresOf(ctx, groupId, NO_MEASURES, wishes);
  const link = await linkFlag(ctx, {
    groupId,
    id: row.id,
    name: wishes.name,
    key: wishes.flagKey,
    parameters: parsed?.parameters ?? null,
    variants: parsed?.variants,
    holdout: holdoutOfFlag(holdout),
    isLaunched: launches(wishes),
  });
  const experiment = newExperiment({ row, project, wishes, link, measures, holdout });
  await commit(ctx, [{ name: 'experiment', after: experiment }], {
    ...link,
    checks: [
      ...(holdout === undefined ? [] : [sameRow('holdout', holdout)]),
      ...experiment.savedMetrics.map(({ savedMetricId }) =>
        thereStill('saved_metric', groupId, savedMetricId),
      ),
    ],
  });
  return { experiment, flag: link.flag };
}

/**
 * Makes an experiment and, unless there is one of its key, its feature flag, in one transaction; with a
 * start it is launched. Throws `invalid` with the field that is wrong.
 */
export async function createExperiment(ctx: Context, wishes: NewExperiment): Promise<Found> {
  const { groupId, parameters } = wishes;
  requireInProject(ctx, 'write', 'experiment', { groupId });
  requireDates(wishes);
  requireNoProperties(wishes);
  const baseline = baselineOf(wishes.statsConfig);
  const parsed = isDoc(parameters) ? parseParameters(parameters, baseline) : undefined;
  const [row, project] = await Promise.all([
    newRow(ctx, 'experiment', groupId),
    findProject(ctx, groupId),
  ]);
  return whileContended(ctx, () => tryCreate(ctx, { row, project, parsed }, wishes), isOvertaken);
}
