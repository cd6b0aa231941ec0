import {
  CreateClusterCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { type EcsKit, ecsClient } from '#aws/ecs-client.ts';
import { openEcsTasks, WORKER_CONTAINER } from '#aws/ecs-tasks.ts';
import { openSqsMessages, type QueueUrls } from '#aws/sqs-messages.ts';
import { launchWorkers } from '#domain/pools/index.ts';
import { systemClock } from '#kernel/clock.ts';
import type { Context } from '#kernel/context.ts';
import { randomIds } from '#kernel/ids.ts';
import type { WorkerTasks } from '#kernel/worker-tasks.ts';
import { testApp } from '../support/app.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { launchStorm, STORMS } from '../support/launch-storm.ts';
import { createQueues, createTable, emulatorClients } from './aws-support.ts';
import { uniqueName } from './suite.ts';

const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
const kit = ecsClient({
  endpoint: emulator.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const app = testApp();
afterAll(async () => {
  await app.close();
  (await kit()).client.destroy();
  await clients.destroy();
  await emulator.stop();
});

/** The emulator's tasks run from the first moment on: this is after what the adapter takes for the start. */
const later = { now: () => systemClock.now() + 60_000 };
const cluster = uniqueName('cluster');
const [plain, spot, broken] = [uniqueName('plain'), uniqueName('spot'), uniqueName('broken')];
let ecs: EcsKit;

async function registerFamily(client: ECSClient, family: string): Promise<void> {
  const container = { name: WORKER_CONTAINER, image: 'assay', essential: true };
  const asked = { family, cpu: '256', memory: '512', networkMode: 'awsvpc' } as const;
  const command = { ...asked, containerDefinitions: [container] };
  await client.send(new RegisterTaskDefinitionCommand(command));
}

beforeAll(async () => {
  ecs = await kit();
  await ecs.client.send(
    new CreateClusterCommand({
      clusterName: cluster,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    }),
  );
  for (const family of [plain, spot]) await registerFamily(ecs.client, family);
});

const tasksOn = (clock: { now(): number }): WorkerTasks =>
  openEcsTasks({
    kit,
    clock,
    cluster,
    subnets: ['subnet-1', 'subnet-2'],
    securityGroup: 'sg-1',
    apiUrl: 'https://api.example.test',
    pools: {
      plain: { taskDefinition: plain, spot: false },
      spot: { taskDefinition: `${spot}:1`, spot: true },
      broken: { taskDefinition: broken, spot: false },
    },
  });
const newTask = () => ({ id: randomIds.hex32(), token: 'asw_plain_secret', lifeSeconds: 60 });

const described = async (family: string) => {
  const { client, sdk } = ecs;
  const { taskArns: tasks = [] } = await client.send(new ListTasksCommand({ cluster, family }));
  if (tasks.length === 0) return [];
  return (await client.send(new sdk.DescribeTasksCommand({ cluster, tasks }))).tasks ?? [];
};

describe('tasks of ECS, on the emulator', () => {
  it('are run with what their worker needs, and listed by the id that they were run with', async () => {
    const task = newTask();
    await tasksOn(later).run('plain', task);

    expect(await tasksOn(later).list('plain')).toEqual([{ id: task.id, state: 'running' }]);
    expect(await tasksOn(later).list('spot')).toEqual([]);
    const [made] = await described(plain);
    expect(made).toMatchObject({ launchType: 'FARGATE', startedBy: task.id });
    expect(made?.overrides?.containerOverrides).toEqual([
      {
        name: WORKER_CONTAINER,
        environment: [
          { name: 'API_URL', value: 'https://api.example.test' },
          { name: 'WORKER_TOKEN', value: task.token },
          { name: 'LIFE_SECONDS', value: '60' },
        ],
      },
    ]);
  });

  it('count as starting until their worker can ask for messages', async () => {
    const [task] = await tasksOn(systemClock).list('plain');

    expect(task?.state).toBe('starting');
  });

  it('are gone once they stop', async () => {
    const task = newTask();
    await tasksOn(later).run('plain', task);
    const made = (await described(plain)).find(({ startedBy }) => startedBy === task.id);
    await ecs.client.send(new StopTaskCommand({ cluster, task: made?.taskArn }));

    const ids = (await tasksOn(later).list('plain')).map(({ id }) => id);
    expect(ids).toHaveLength(1);
    expect(ids).not.toContain(task.id);
  });

  it('of a spot pool run on spare capacity, and more of them than one page are listed', async () => {
    const ids = Array.from({ length: 103 }, () => randomIds.hex32());
    for (const id of ids) await tasksOn(later).run('spot', { ...newTask(), id });

    const listed = await tasksOn(later).list('spot');
    expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect((await described(spot))[0]).toMatchObject({ capacityProviderName: 'FARGATE_SPOT' });
  });

  it('fail as failures of the port, with the reason for the log alone', async () => {
    await expect(tasksOn(later).run('broken', newTask())).rejects.toMatchObject({
      name: 'AppError',
      cause: { message: expect.stringContaining('task definition') },
    });
    await expect(tasksOn(later).list('nowhere')).rejects.toMatchObject({ reason: 'unknown_pool' });
  });
});

describe("launchers on the emulator's table and queues", () => {
  const queues: Record<string, QueueUrls> = {};
  let ctx: Context;
  beforeAll(async () => {
    const client = clients.dynamo();
    ctx = {
      ...app.system,
      clock: systemClock,
      table: openDynamoTable({ client, tableName: await createTable(client) }),
      messages: openSqsMessages({ kit: clients.sqs, queues }),
    };
  });
  const freshPool = async (name = uniqueName('pool')) => {
    queues[name] = await createQueues((await clients.sqs()).client);
    return name;
  };

  it.each(STORMS)('run exactly what is needed, fifty at once: %o', async (storm) => {
    await launchStorm(ctx, await freshPool(), storm);
  });

  it('run tasks of ECS for what waits, and none for what has tasks already', async () => {
    const pool = await freshPool('plain');
    const before = (await described(plain)).length;
    for (let sent = 0; sent < 4; sent += 1) await ctx.messages.send(pool, 'm');
    const look = { pool, max: before + 3, nudged: true, settleMs: 20 };

    const first = await launchWorkers(ctx, tasksOn(systemClock), look);
    const second = await launchWorkers(ctx, tasksOn(systemClock), look);

    expect([first, second].map(({ started }) => started)).toEqual([3, 0]);
    expect(await described(plain)).toHaveLength(before + 3);
  });
});
