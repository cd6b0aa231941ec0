import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface PoolQueueProps {
  /** Name of the worker pool that this queue wakes up, or of a queue of the platform's own. */
  readonly pool: string;
}

/** The queue of one worker pool or of the platform's own, and where messages go that nobody could take. */
export class PoolQueue extends Construct {
  readonly pool: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: PoolQueueProps) {
    super(scope, id);
    this.pool = props.pool;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Only as long as a claim takes: a claimed message is deleted at once, the row owns the job.
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
  }

  /** Deliver messages to the pool. */
  grantSend(grantee: IGrantable): void {
    this.queue.grant(grantee, 'sqs:SendMessage');
  }

  /** See how much waits. */
  grantCount(grantee: IGrantable): void {
    this.queue.grant(grantee, 'sqs:GetQueueAttributes');
  }

  /** Send again what nobody could take. */
  grantRedrive(grantee: IGrantable): void {
    this.deadLetters.grant(grantee, 'sqs:DeleteMessage', 'sqs:ReceiveMessage');
  }

  /** Take messages off the queue, as a worker does. */
  grantWork(grantee: IGrantable): void {
    this.queue.grant(
      grantee,
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    );
  }
}
