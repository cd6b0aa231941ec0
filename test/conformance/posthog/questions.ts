/** Questions about one experiment, as its page asks them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenProject } from './scene.ts';

const purchase = (more: object = {}) => ({ kind: 'EventsNode', event: 'purchase', ...more });
const amount = purchase({ math: 'sum', math_property: 'amount' });
const metric = (type: string, more: object) => ({
  kind: 'ExperimentMetric',
  metric_type: type,
  ...more,
});

export const METRICS = {
  amount: metric('mean', { source: amount }),
  purchases: metric('mean', { source: purchase() }),
  winsorized: metric('mean', { source: amount, upper_bound_percentile: 0.99 }),
  funnel: metric('funnel', {
    series: ['pricing viewed', 'signed up'].map((event) => ({ kind: 'EventsNode', event })),
  }),
  ratio: metric('ratio', { numerator: amount, denominator: purchase() }),
} as const;
export type MetricName = keyof typeof METRICS;
export type Method = 'bayesian' | 'frequentist';

/** Sums of a variant, with what they tell of it. */
export interface VariantAnswer {
  readonly key: string;
  readonly step_counts?: readonly number[];
  readonly p_value?: number;
  readonly confidence_interval?: readonly number[];
  readonly chance_to_win?: number;
  readonly credible_interval?: readonly number[];
  readonly [sum: string]: unknown;
}

export interface MetricAnswer {
  readonly baseline: VariantAnswer;
  readonly variant_results: readonly VariantAnswer[];
}

export interface ExposureAnswer {
  readonly timeseries: readonly {
    readonly variant: string;
    readonly days: readonly string[];
    readonly exposure_counts: readonly number[];
  }[];
  readonly total_exposures: Readonly<Record<string, number>>;
}

export interface Questions {
  /** Worked out anew each time. */
  metric(metric: object): Promise<MetricAnswer>;
  exposures(): Promise<ExposureAnswer>;
  configure(statsConfig: object): Promise<void>;
}

const GIVE_UP_MS = 300_000;

export function openQuestions(project: OpenProject, experiment: number): Questions {
  const below = `/api/projects/${project.id}`;
  /** A page asks again where the server says that it takes longer. */
  const ask = async (query: object) => {
    const endsOn = Date.now() + GIVE_UP_MS;
    for (let refresh = 'force_blocking'; ; refresh = 'blocking') {
      try {
        return await project.call('POST', `${below}/query`, {
          query: { ...query, experiment_id: experiment },
          refresh,
        });
      } catch (error) {
        const isPending = String(error).includes('503');
        if (!isPending || Date.now() > endsOn) throw error;
        await sleep(200);
      }
    }
  };
  return {
    metric: (metric) => ask({ kind: 'ExperimentQuery', metric }),
    exposures: () => ask({ kind: 'ExperimentExposureQuery' }),
    async configure(statsConfig) {
      const path = `${below}/experiments/${experiment}/`;
      await project.call('PATCH', path, { stats_config: statsConfig });
    },
  };
}
