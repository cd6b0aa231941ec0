import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ApiEnv, PoolAddress } from '../functions/entry/env.ts';
import type { Config } from './config.ts';
import { ArtifactBucket } from './constructs/artifact-bucket.ts';
import { DataTable } from './constructs/data-table.ts';
import { NodeFunction } from './constructs/node-function.ts';
import { PoolQueue } from './constructs/pool-queue.ts';
import { PublicApi } from './constructs/public-api.ts';
import { SweepSchedule } from './constructs/sweep-schedule.ts';

export interface AssayStackProps extends StackProps {
  readonly config: Config;
  /** Folder of the bundles that infra/build.ts made. */
  readonly bundles: string;
}

/** One deployment: the table, the bucket, a queue per pool, the API and the sweeper. */
export class AssayStack extends Stack {
  private readonly data: DataTable;
  private readonly artifacts: ArtifactBucket;
  private readonly pools: readonly PoolQueue[];

  constructor(scope: Construct, id: string, props: AssayStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.data = new DataTable(this, 'Data', { protect: config.stage === 'prod' });
    this.artifacts = new ArtifactBucket(this, 'Artifacts');
    this.pools = config.pools.map(
      ({ name }) => new PoolQueue(this, `Pool-${name}`, { pool: name }),
    );
    const api = this.lambda('ApiFunction', 'api', 'Answers every request', 30, props);
    const sweep = this.lambda('SweepFunction', 'sweep', 'Finds what was lost or is due', 60, props);
    for (const pool of this.pools) pool.grantSweep(sweep);
    new SweepSchedule(this, 'Sweep', { handler: sweep });
    const publicApi = new PublicApi(this, 'PublicApi', {
      handler: api,
      requestsPerSecond: config.requestsPerSecond,
      logRetention: config.logDays,
    });
    this.describe(publicApi);
  }

  /** Both functions run the same domain, so both may use table, bucket and queues. */
  private lambda(
    id: string,
    bundle: string,
    description: string,
    timeoutSeconds: number,
    { config, bundles }: AssayStackProps,
  ) {
    const made = new NodeFunction(this, id, {
      bundles,
      bundle,
      description,
      environment: this.functionEnv(config),
      // CPU comes with memory, and one password hash alone takes 128 MB.
      memoryMegabytes: 1024,
      timeout: Duration.seconds(timeoutSeconds),
      logRetention: config.logDays,
    }).function;
    this.grantUse(made);
    return made;
  }

  private grantUse(grantee: IGrantable): void {
    this.data.grantUse(grantee);
    this.artifacts.grantUse(grantee);
    for (const pool of this.pools) pool.grantSend(grantee);
  }

  /** An emulator adds its own address; an account has none. */
  private functionEnv(
    config: Config,
  ): Record<Exclude<keyof ApiEnv, 'AWS_ENDPOINT_URL' | 'BACKGROUND'>, string> {
    return {
      TABLE_NAME: this.data.table.tableName,
      BUCKET_NAME: this.artifacts.bucket.bucketName,
      STAGE: config.stage,
      REGISTRATION: config.registration,
      POOLS: this.poolAddresses(),
    };
  }

  private poolAddresses(): string {
    const addresses: PoolAddress[] = this.pools.map(({ pool, queue, deadLetters }) => ({
      name: pool,
      kind: 'managed',
      queueUrl: queue.queueUrl,
      dlqUrl: deadLetters.queueUrl,
    }));
    return this.toJsonString(addresses);
  }

  private describe({ url, api }: PublicApi): void {
    const output = (id: string, value: string, description: string) =>
      new CfnOutput(this, id, { value, description });
    output('ApiUrl', url, 'The base URL of every dialect');
    output('ApiId', api.apiId, 'The id of the HTTP API');
    output('MlflowTrackingUri', url, 'MLFLOW_TRACKING_URI for MLflow clients');
    output('ArtifactBucket', this.artifacts.bucket.bucketName, 'Where artifact bytes are stored');
    output('TableName', this.data.table.tableName, 'The table');
    output('Pools', this.poolAddresses(), 'The queues of each worker pool, as JSON');
  }
}
