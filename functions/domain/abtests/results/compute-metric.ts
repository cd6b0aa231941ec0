import type { CentredStatistics, SufficientStatistics } from '#domain/stats/index.ts';
import type { Context } from '#kernel/context.ts';
import type { WarehouseRow } from '#kernel/warehouse.ts';
import { type Doc, Metric } from '../metrics/index.ts';
import { ask, numberIn } from './ask.ts';
import { cannotCompute } from './refuse.ts';
import { eventsNeeded, metricStatement } from './sql/metric-statement.ts';
import { countedVariants, type ExperimentWindow } from './window.ts';

/** What is known of a variant: as plain sums, and around its means. */
export interface VariantSums {
  readonly key: string;
  readonly sums: SufficientStatistics;
  readonly centred: CentredStatistics;
}

export interface MetricSums {
  /** Every variant that is compared, in the order of the flag; of those without people all is 0. */
  readonly variants: readonly VariantSums[];
  readonly hasCovariate: boolean;
}

const companionIn = (row: WarehouseRow | undefined, name: string, n: number) => ({
  mean: numberIn(row, `${name}_mean`),
  squares: n * numberIn(row, `${name}_variance`),
  products: n * numberIn(row, `${name}_covariance`),
});

interface Shape {
  readonly denominator: boolean;
  readonly covariate: boolean;
  readonly steps: number;
}

function shapeOf(metric: Metric, rows: readonly WarehouseRow[]): Shape {
  const has = (name: string): boolean => rows.some((row) => name in row);
  return {
    denominator: metric.metric_type === 'ratio' || metric.metric_type === 'retention',
    covariate: has('covariate_sum'),
    steps: metric.metric_type === 'funnel' ? metric.series.length : 0,
  };
}

function sumsIn(row: WarehouseRow | undefined, shape: Shape): SufficientStatistics {
  const of = (name: string) => numberIn(row, name);
  return {
    n: of('n'),
    sum: of('value_sum'),
    sumSquares: of('value_squares'),
    ...(shape.denominator && {
      denominatorSum: of('denominator_sum'),
      denominatorSumSquares: of('denominator_squares'),
      numeratorDenominatorSumProduct: of('denominator_product'),
    }),
    ...(shape.covariate && {
      covariateSum: of('covariate_sum'),
      covariateSumSquares: of('covariate_squares'),
      covariateSumProduct: of('covariate_product'),
    }),
    ...(shape.steps > 0 && {
      stepCounts: Array.from({ length: shape.steps }, (_, index) => of(`step_${index + 1}`)),
    }),
  };
}

function centredIn(row: WarehouseRow | undefined, shape: Shape): CentredStatistics {
  const n = numberIn(row, 'n');
  return {
    n,
    mean: numberIn(row, 'value_mean'),
    squares: n * numberIn(row, 'value_variance'),
    ...(shape.denominator && { denominator: companionIn(row, 'denominator', n) }),
    ...(shape.covariate && { covariate: companionIn(row, 'covariate', n) }),
  };
}

/** A stored metric; it was checked when it was stored, maybe by an older set of rules. */
export function metricOf(doc: Doc): Metric {
  const parsed = Metric.safeParse(doc);
  if (parsed.success) return parsed.data;
  throw cannotCompute('The metric is of a kind that cannot be computed here.');
}

export interface MetricQuestion {
  readonly window: ExperimentWindow;
  readonly metric: Doc;
}

/**
 * What the events of a group say of a metric, by variant. Throws `invalid` (`metric_not_computable`) with the reason for what is
 * stored only, and `unavailable` where it cannot be worked out here or now.
 */
export async function computeMetric(
  ctx: Context,
  { window, metric: doc }: MetricQuestion,
): Promise<MetricSums> {
  const metric = metricOf(doc);
  const rows = await ask(ctx, {
    groupId: window.groupId,
    ...eventsNeeded(window, metric),
    statement: (dialect) => metricStatement(dialect, window, metric),
  });
  const shape = shapeOf(metric, rows);
  const variants = countedVariants(window).map((key) => {
    const row = rows.find(({ variant }) => variant === key);
    return { key, sums: sumsIn(row, shape), centred: centredIn(row, shape) };
  });
  return { variants, hasCovariate: shape.covariate };
}
