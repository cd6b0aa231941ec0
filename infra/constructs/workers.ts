import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ApiEnv } from '../../functions/entry/env.ts';
import type { LaunchEnv } from '../../functions/entry/launch-env.ts';
import type { Config } from '../config.ts';
import type { PoolQueue } from './pool-queue.ts';
import { WorkerImages } from './worker-images.ts';
import { WorkerNetwork } from './worker-network.ts';
import { WorkerTask } from './worker-task.ts';

export interface WorkersProps {
  readonly config: Config;
  /** Folder of the images' build contexts (infra/images.ts). */
  readonly images: string;
  /** The queues of the managed pools. */
  readonly queues: readonly PoolQueue[];
  readonly apiUrl: string;
}

/** The machines of managed pools: no task runs until the launcher starts one, and each ends by itself. */
export class Workers extends Construct {
  readonly tasks: readonly WorkerTask[];
  private readonly network: WorkerNetwork;
  private readonly apiUrl: string;

  constructor(scope: Construct, id: string, { config, images, queues, apiUrl }: WorkersProps) {
    super(scope, id);
    this.apiUrl = apiUrl;
    this.network = new WorkerNetwork(this, 'Network');
    const built = new WorkerImages(this, 'Images', { config, contexts: images });
    this.tasks = config.pools.flatMap((pool) => {
      const queue = queues.find((each) => each.pool === pool.name);
      if (pool.kind !== 'managed' || queue === undefined) return [];
      const props = { pool, queue, image: built.of(pool), apiUrl, logRetention: config.logDays };
      return new WorkerTask(this, `Task-${pool.name}`, props);
    });
  }

  /** What the launcher reads beyond what every function reads. */
  get launcherEnv(): Record<Exclude<keyof LaunchEnv, keyof ApiEnv>, string> {
    const { cluster, subnets, securityGroup } = this.network;
    const entries: LaunchEnv['TASKS'] = this.tasks.map(({ pool, definition }) => ({
      pool: pool.name,
      taskDefinition: definition.taskDefinitionArn,
      max: pool.max,
      concurrency: pool.concurrency,
      spot: pool.spot,
    }));
    const stack = Stack.of(this);
    return {
      CLUSTER: cluster.attrArn,
      API_URL: this.apiUrl,
      SUBNETS: stack.toJsonString(subnets),
      SECURITY_GROUP: securityGroup.securityGroupId,
      TASKS: stack.toJsonString(entries),
    };
  }

  /** Start these tasks in this cluster, count them, and nothing else. */
  grantLaunch(handler: IFunction): void {
    const { cluster } = this.network;
    const inCluster = { ArnEquals: { 'ecs:cluster': cluster.attrArn } };
    const allow = (action: string, resources: string[], conditions: Conditions) =>
      handler.addToRolePolicy(new PolicyStatement({ actions: [action], resources, conditions }));
    const resourceName = `${cluster.ref}/*`;
    const anyTask = Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName });
    const definitions = this.tasks.map(({ definition }) => definition.taskDefinitionArn);
    allow('ecs:RunTask', definitions, inCluster);
    allow('ecs:TagResource', [anyTask], { StringEquals: { 'ecs:CreateAction': 'RunTask' } });
    // A list of tasks is for no one task: the cluster is its condition.
    allow('ecs:ListTasks', ['*'], inCluster);
    allow('ecs:DescribeTasks', [anyTask], inCluster);
    const roles = this.tasks.flatMap((task) => task.roles.map(({ roleArn }) => roleArn));
    const toTasks = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
    allow('iam:PassRole', roles, toTasks);
  }
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;
