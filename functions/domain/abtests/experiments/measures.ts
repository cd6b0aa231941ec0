import type { Context } from '#kernel/context.ts';
import { parseMetrics } from '../metrics/index.ts';
import type { SavedMetric } from '../saved-metrics/saved-metric.items.ts';
import type { Doc, Experiment, ExperimentWishes, MetricList } from './experiment.items.ts';
import { requireKnown } from './metric-events.ts';
import { withUuids } from './metric-uuids.ts';
import { orderOf } from './orders.ts';
import {
  listOf,
  newLinks,
  parseLinks,
  requireThere,
  savedMetricsOf,
} from './saved-metric-links.ts';

/** What an experiment is measured by, in which order. */
export type Measures = Pick<
  Experiment,
  'metrics' | 'metricsSecondary' | 'savedMetrics' | 'primaryOrder' | 'secondaryOrder'
>;

export const NO_MEASURES: Measures = {
  metrics: [],
  metricsSecondary: [],
  savedMetrics: [],
  primaryOrder: null,
  secondaryOrder: null,
};

const uuidOf = ({ query }: SavedMetric): string | undefined =>
  typeof query.uuid === 'string' ? query.uuid : undefined;

async function ownMetrics(
  ctx: Context,
  groupId: number,
  before: Measures,
  { metrics, metricsSecondary, allowUnknownEvents = false }: ExperimentWishes,
): Promise<Pick<Measures, 'metrics' | 'metricsSecondary'>> {
  const parsed = async (sent: unknown, attr: string): Promise<readonly Doc[]> => {
    const found = parseMetrics(sent, attr);
    await requireKnown(ctx, groupId, found, { attr, allowsUnknown: allowUnknownEvents });
    return found;
  };
  return {
    metrics: metrics === undefined ? before.metrics : await parsed(metrics, 'metrics'),
    metricsSecondary:
      metricsSecondary === undefined
        ? before.metricsSecondary
        : await parsed(metricsSecondary, 'metrics_secondary'),
  };
}

async function links(
  ctx: Context,
  groupId: number,
  before: Measures,
  { savedMetricIds }: ExperimentWishes,
): Promise<Pick<Measures, 'savedMetrics'> & { saved: ReadonlyMap<number, SavedMetric> }> {
  if (savedMetricIds === undefined) {
    const { savedMetrics } = before;
    const ids = savedMetrics.map(({ savedMetricId }) => savedMetricId);
    return { savedMetrics, saved: await savedMetricsOf(ctx, groupId, ids) };
  }
  const wanted = parseLinks(savedMetricIds);
  const ids = wanted.map(({ savedMetricId }) => savedMetricId);
  const saved = await savedMetricsOf(ctx, groupId, ids);
  requireThere(wanted, saved);
  return { savedMetrics: await newLinks(ctx, groupId, wanted, before.savedMetrics), saved };
}

const measuresIn = ({
  metrics,
  metricsSecondary,
  savedMetrics,
  primaryOrder,
  secondaryOrder,
}: Measures): Measures => ({
  metrics,
  metricsSecondary,
  savedMetrics,
  primaryOrder,
  secondaryOrder,
});

/** Whether anything is wished that metrics depend on. */
const concernsMetrics = (wishes: ExperimentWishes): boolean =>
  [
    wishes.metrics,
    wishes.metricsSecondary,
    wishes.savedMetricIds,
    wishes.primaryOrder,
    wishes.secondaryOrder,
  ].some((wish) => wish !== undefined);

/** What an experiment is measured by after a change. Throws `invalid` with the rule that a wish breaks. */
export async function measuresOf(
  ctx: Context,
  groupId: number,
  before: Measures,
  wishes: ExperimentWishes,
): Promise<Measures> {
  if (!concernsMetrics(wishes)) return measuresIn(before);
  const own = await ownMetrics(ctx, groupId, before, wishes);
  const { savedMetrics, saved } = await links(ctx, groupId, before, wishes);
  const ofSaved = [...saved.values()].flatMap((metric) => uuidOf(metric) ?? []);
  const { made, ...lists } = withUuids(ctx, own, ofSaved);
  const savedIn = (list: MetricList): readonly Doc[] =>
    savedMetrics
      .filter((link) => listOf(link) === list)
      .flatMap<Doc>(({ savedMetricId }) => saved.get(savedMetricId)?.query ?? []);
  const order = (list: MetricList, metrics: readonly Doc[]) => {
    const [wished, was] =
      list === 'primary'
        ? [wishes.primaryOrder, before.primaryOrder]
        : [wishes.secondaryOrder, before.secondaryOrder];
    return orderOf({ list, before: was, wished, metrics: [...metrics, ...savedIn(list)], made });
  };
  return {
    ...lists,
    savedMetrics,
    primaryOrder: order('primary', lists.metrics),
    secondaryOrder: order('secondary', lists.metricsSecondary),
  };
}
