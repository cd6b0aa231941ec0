import type { Metric } from './metric.ts';
import { sentMetric } from './metric-draft.ts';
import { type Experiment, type Measured, measuresOf } from './model.ts';
import type { Changes } from './use-change.ts';

/** The metrics of an experiment's own in one of its lists, as they are sent. */
const ownOf = (experiment: Experiment, primary: boolean): readonly Metric[] =>
  measuresOf(experiment)
    .filter((each) => each.primary === primary && each.savedId === undefined)
    .map(({ metric }) => sentMetric(metric));

const asList = (primary: boolean, metrics: readonly Metric[]): Changes =>
  primary ? { metrics } : { metrics_secondary: metrics };

/** A metric in the place of the one with its uuid, or at the end. */
export function withMetric(experiment: Experiment, primary: boolean, metric: Metric): Changes {
  const own = ownOf(experiment, primary);
  const isKnown = own.some(({ uuid }) => uuid !== undefined && uuid === metric.uuid);
  const metrics = isKnown
    ? own.map((each) => (each.uuid === metric.uuid ? metric : each))
    : [...own, metric];
  return { ...asList(primary, metrics), allow_unknown_events: true };
}

const linksOf = ({ saved_metrics: links }: Experiment) =>
  links.map(({ saved_metric: id, metadata }) => ({ id, metadata }));

export function withoutMetric(
  experiment: Experiment,
  { metric, primary, savedId }: Measured,
): Changes {
  if (savedId !== undefined) {
    return { saved_metrics_ids: linksOf(experiment).filter(({ id }) => id !== savedId) };
  }
  const own = ownOf(experiment, primary);
  return {
    ...asList(
      primary,
      own.filter(({ uuid }) => uuid !== metric.uuid),
    ),
    allow_unknown_events: true,
  };
}

export const withSaved = (experiment: Experiment, primary: boolean, id: number): Changes => ({
  saved_metrics_ids: [
    ...linksOf(experiment),
    { id, metadata: { type: primary ? 'primary' : 'secondary' } },
  ],
});

/** A metric one place up or down in its list. */
export function moved(measures: readonly Measured[], measured: Measured, by: -1 | 1): Changes {
  const uuids = measures.map(({ metric }) => metric.uuid ?? '');
  const at = measures.indexOf(measured);
  const [here, there] = [uuids[at], uuids[at + by]];
  if (here === undefined || there === undefined) return {};
  const order = uuids.map((uuid, index) =>
    index === at ? there : index === at + by ? here : uuid,
  );
  return measured.primary
    ? { primary_metrics_ordered_uuids: order }
    : { secondary_metrics_ordered_uuids: order };
}
