import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface SweepScheduleProps {
  /** All are started side by side. */
  readonly handlers: readonly IFunction[];
}

/** Starts what looks after jobs and workers each minute. A missed run is not repeated: the next one sees the same. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, props: SweepScheduleProps) {
    super(scope, id);
    new Rule(this, 'EachMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: props.handlers.map(
        (handler) =>
          new LambdaFunction(handler, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
      ),
    });
  }
}
