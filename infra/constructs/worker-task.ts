import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  type ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { WorkerEnv } from '../../functions/entry/worker-env.ts';
import type { ManagedPoolConfig } from '../pools.ts';
import type { PoolQueue } from './pool-queue.ts';

export interface WorkerTaskProps {
  readonly pool: ManagedPoolConfig;
  readonly queue: PoolQueue;
  readonly image: ContainerImage;
  readonly apiUrl: string;
  readonly logRetention: RetentionDays;
}

const DRAIN_SECONDS = 90;
const IDLE_SECONDS = 120;
/** The image's own check, which ECS does not read from the image: the consumer still shows life. */
const HEALTH_CHECK = {
  command: ['CMD', '/bin/sh', '/opt/worker/alive.sh'],
  interval: Duration.seconds(30),
  startPeriod: Duration.seconds(60),
};
/** What the container may write to; both are volumes of the image, so they keep its permissions. */
const WRITABLE = { work: '/work', tmp: '/tmp' } as const;

/**
 * One pool's task: the worker and its rights, which are to take messages off its own queue. Whoever
 * starts it may pull the image and write its log; the image grants the one, the log driver the other.
 */
export class WorkerTask extends Construct {
  readonly pool: ManagedPoolConfig;
  readonly definition: FargateTaskDefinition;
  /** The roles that whoever starts the task hands to it. */
  readonly roles: readonly Role[];

  constructor(scope: Construct, id: string, props: WorkerTaskProps) {
    super(scope, id);
    this.pool = props.pool;
    const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
    const taskRole = new Role(this, 'TaskRole', { assumedBy });
    const executionRole = new Role(this, 'ExecutionRole', { assumedBy });
    this.roles = [taskRole, executionRole];
    props.queue.grantWork(taskRole);
    const x86 = props.pool.arch === 'x86_64';
    this.definition = new FargateTaskDefinition(this, 'Task', {
      cpu: props.pool.cpu,
      memoryLimitMiB: props.pool.memory,
      runtimePlatform: {
        cpuArchitecture: x86 ? CpuArchitecture.X86_64 : CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole,
      executionRole,
      volumes: Object.keys(WRITABLE).map((name) => ({ name })),
    });
    this.addWorker(props);
  }

  private addWorker({ image, apiUrl, queue, pool, logRetention }: WorkerTaskProps): void {
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const environment = {
      API_URL: apiUrl,
      POOL: pool.name,
      WAKE: 'sqs',
      QUEUE_URL: queue.queue.queueUrl,
      CONCURRENCY: String(pool.concurrency),
      IDLE_SECONDS: String(IDLE_SECONDS),
      DRAIN_SECONDS: String(DRAIN_SECONDS),
    } satisfies Partial<Record<keyof WorkerEnv, string>>;
    const container = this.definition.addContainer('worker', {
      image,
      environment,
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: 'worker' }),
      linuxParameters: new LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      readonlyRootFilesystem: true,
      healthCheck: HEALTH_CHECK,
      // The longest that Fargate gives between SIGTERM and SIGKILL; draining fits in.
      stopTimeout: Duration.seconds(120),
    });
    for (const [sourceVolume, containerPath] of Object.entries(WRITABLE)) {
      container.addMountPoints({ sourceVolume, containerPath, readOnly: false });
    }
  }
}
