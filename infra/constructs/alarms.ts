import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { PoolQueue } from './pool-queue.ts';
import type { PublicApi } from './public-api.ts';

export interface AlarmsProps {
  readonly api: PublicApi;
  readonly pools: readonly PoolQueue[];
  /** What was ingested and is not stored yet. */
  readonly events: PoolQueue;
  /** Functions that nobody waits for, by what they are called in an alarm. */
  readonly background: Readonly<Record<string, IFunction>>;
  /** Who is told; without it, alarms only show in the console. */
  readonly email: string | undefined;
}

interface Limit {
  readonly description: string;
  readonly threshold: number;
  /** So many of the last `of` periods must be at the threshold. */
  readonly periods?: number;
  readonly of?: number;
}

/** An alarm computes with ten metrics at most. */
const METRICS_OF_ALARM = 10;
const minute = { period: Duration.minutes(1) };

function combined(metrics: readonly IMetric[], combine: (names: string) => string): IMetric {
  const [only, ...others] = metrics;
  if (only !== undefined && others.length === 0) return only;
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  // A queue at rest reports nothing, which must not hide the others.
  const names = Object.keys(usingMetrics).map((name) => `FILL(${name},0)`);
  return new MathExpression({ expression: combine(names.join(',')), usingMetrics, ...minute });
}

const groups = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );

/**
 * What should be looked at. CloudWatch bills by the metric that an alarm watches: nine with one pool
 * and two more with each other one, of which ten are free in an account; the rest cost $0.10 a month.
 */
export class Alarms extends Construct {
  readonly alarms: Alarm[] = [];
  readonly topic: Topic | undefined;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.watchPools(props.pools);
    this.watchEvents(props.events);
    this.add('ApiErrors', props.api.api.metricServerError({ statistic: 'Sum', ...minute }), {
      description: 'The API answered with 5xx five times a minute, three minutes of five',
      threshold: 5,
      periods: 3,
      of: 5,
    });
    for (const [name, handler] of Object.entries(props.background)) {
      this.add(`${name}Errors`, handler.metricErrors(minute), {
        description: `The function "${name}" failed in three minutes of five`,
        threshold: 1,
        periods: 3,
        of: 5,
      });
    }
    this.topic = props.email === undefined ? undefined : this.tell(props.email);
  }

  private watchPools(pools: readonly PoolQueue[]): void {
    for (const [index, group] of groups(pools, METRICS_OF_ALARM).entries()) {
      const suffix = index === 0 ? '' : String(index + 1);
      const dead = group.map(({ deadLetters }) =>
        deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...minute }),
      );
      this.add(
        `DeadLetters${suffix}`,
        combined(dead, (names) => `SUM([${names}])`),
        {
          description: 'Messages that no worker could claim lie in a dead-letter queue',
          threshold: 1,
        },
      );
      const ages = group.map(({ queue }) =>
        queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', ...minute }),
      );
      this.add(
        `OldestMessage${suffix}`,
        combined(ages, (names) => `MAX([${names}])`),
        {
          description: 'A job waits for an hour: its pool is at its max, or starts no workers',
          threshold: 3600,
        },
      );
    }
  }

  private watchEvents({ queue, deadLetters }: PoolQueue): void {
    const maximum = { statistic: 'Maximum', ...minute };
    this.add('EventsDead', deadLetters.metricApproximateNumberOfMessagesVisible(maximum), {
      description: 'Events that could not be stored lie in a dead-letter queue; send them again',
      threshold: 1,
    });
    this.add('EventsWait', queue.metricApproximateAgeOfOldestMessage(maximum), {
      description: 'Events wait for a quarter of an hour to be stored',
      threshold: 900,
    });
  }

  private add(id: string, metric: IMetric, { description, threshold, periods = 1, of }: Limit) {
    const alarm = new Alarm(this, id, {
      metric,
      alarmDescription: description,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods,
      evaluationPeriods: of ?? periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarms.push(alarm);
  }

  private tell(email: string): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'Assay', enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    for (const alarm of this.alarms) alarm.addAlarmAction(new SnsAction(topic));
    return topic;
  }
}
