import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { PoolQueue } from './pool-queue.ts';
import type { PublicApi } from './public-api.ts';

export interface DashboardProps {
  readonly api: PublicApi;
  readonly handler: IFunction;
  readonly pools: readonly PoolQueue[];
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, left, right, width: 12 });

/** Requests and queues at a glance; $3 a month beyond the three that an account has free. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { api: { api }, handler, pools }: DashboardProps) {
    super(scope, id);
    new CloudWatchDashboard(this, 'Dashboard', {
      widgets: [
        [
          graph(
            'Requests',
            [api.metricCount()],
            [api.metricClientError(), api.metricServerError()],
          ),
          graph('Latency', [
            api.metricLatency({ statistic: 'p50' }),
            api.metricLatency({ statistic: 'p99' }),
          ]),
        ],
        [
          graph(
            'Jobs that wait',
            pools.map(({ pool, queue }) =>
              queue.metricApproximateNumberOfMessagesVisible({ label: pool }),
            ),
          ),
          graph('API function', [handler.metricInvocations()], [handler.metricErrors()]),
        ],
      ],
    });
  }
}
