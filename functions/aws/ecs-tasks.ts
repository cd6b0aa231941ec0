import type { Task } from '@aws-sdk/client-ecs';
import type { Clock } from '#kernel/clock.ts';
import { invalid, unavailable } from '#kernel/errors.ts';
import type { NewWorkerTask, WorkerTask, WorkerTasks } from '#kernel/worker-tasks.ts';
import type { EcsKit } from './ecs-client.ts';
import { toAppError } from './failures.ts';

/** Name of the container in every pool's task definition. */
export const WORKER_CONTAINER = 'worker';

export interface EcsPool {
  /** Name, with or without revision, or ARN. */
  readonly taskDefinition: string;
  readonly spot: boolean;
}

export interface EcsSetup {
  readonly kit: () => Promise<EcsKit>;
  readonly clock: Clock;
  readonly cluster: string;
  /** Public ones: the tasks reach the API by addresses of their own. */
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** Base URL of the API that the workers ask. */
  readonly apiUrl: string;
  /** By the pool's name. */
  readonly pools: { readonly [pool: string]: EcsPool };
}

/** Most tasks that one call describes. */
const PAGE = 100;
const STARTING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);
/** From the start of the container until its worker asks for messages. */
const BOOT_MS = 5_000;

function poolOf({ pools }: EcsSetup, pool: string): EcsPool {
  const found = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
  if (found === undefined) throw invalid('unknown_pool', `There is no pool named "${pool}".`);
  return found;
}

const familyOf = (taskDefinition: string): string =>
  taskDefinition.split('/').at(-1)?.split(':')[0] ?? '';

/** The task as the port tells it; `undefined` when it has ended or is about to. */
function taskOf(task: Task, now: number): WorkerTask | undefined {
  const { lastStatus = '', desiredStatus, startedAt, startedBy, taskArn = '' } = task;
  const id = startedBy ?? taskArn;
  if (desiredStatus === 'STOPPED') return undefined;
  if (STARTING.has(lastStatus)) return { id, state: 'starting' };
  if (lastStatus !== 'RUNNING') return undefined;
  const booting = startedAt !== undefined && now - startedAt.getTime() < BOOT_MS;
  return { id, state: booting ? 'starting' : 'running' };
}

async function list(setup: EcsSetup, pool: string): Promise<readonly WorkerTask[]> {
  const { kit, cluster, clock } = setup;
  const family = familyOf(poolOf(setup, pool).taskDefinition);
  const { client, sdk } = await kit();
  const found: WorkerTask[] = [];
  let nextToken: string | undefined;
  do {
    const asked = { cluster, family, desiredStatus: 'RUNNING', maxResults: PAGE } as const;
    const page = await client.send(new sdk.ListTasksCommand({ ...asked, nextToken }));
    nextToken = page.nextToken;
    const tasks = page.taskArns ?? [];
    if (tasks.length === 0) continue;
    const described = await client.send(new sdk.DescribeTasksCommand({ cluster, tasks }));
    const now = clock.now();
    found.push(...(described.tasks ?? []).flatMap((task) => taskOf(task, now) ?? []));
  } while (nextToken !== undefined);
  return found;
}

async function run(setup: EcsSetup, pool: string, task: NewWorkerTask): Promise<void> {
  const { kit, cluster, subnets, securityGroup, apiUrl } = setup;
  const { taskDefinition, spot } = poolOf(setup, pool);
  const environment = {
    API_URL: apiUrl,
    WORKER_TOKEN: task.token,
    LIFE_SECONDS: String(task.lifeSeconds),
  };
  const { client, sdk } = await kit();
  const command = new sdk.RunTaskCommand({
    cluster,
    taskDefinition,
    ...(spot
      ? { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
      : { launchType: 'FARGATE' }),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        securityGroups: [securityGroup],
        assignPublicIp: 'ENABLED',
      },
    },
    overrides: {
      containerOverrides: [
        {
          name: WORKER_CONTAINER,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
        },
      ],
    },
    startedBy: task.id,
    clientToken: task.id,
    propagateTags: 'TASK_DEFINITION',
  });
  const { failures = [], tasks = [] } = await client.send(command);
  if (tasks.length > 0) return;
  const reasons = failures.map(({ reason }) => reason).join(', ');
  throw unavailable(`No task was started: ${reasons || 'no reason was given'}.`);
}

/** The tasks of ECS: Fargate's, one for each worker. */
export function openEcsTasks(setup: EcsSetup): WorkerTasks {
  const translated = async <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      throw toAppError(error);
    });
  return {
    list: (pool) => translated(list(setup, pool)),
    run: (pool, task) => translated(run(setup, pool, task)),
  };
}
