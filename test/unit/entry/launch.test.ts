import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnv } from '#entry/env.ts';
import { launchPools } from '#entry/launch.ts';
import { LaunchEnv } from '#entry/launch-env.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { type MemoryTasks, memoryTasks } from '../../support/worker-tasks.ts';

const POOLS = ['default', 'large', 'spare'].map((pool) => ({
  pool,
  taskDefinition: pool,
  max: 2,
  spot: pool === 'spare',
}));
const AT_ONCE = { settleMs: 5 };
/** What EventBridge sends each minute, in short. */
const SCHEDULE = { version: '0', 'detail-type': 'Scheduled Event', detail: {}, resources: [] };

let app: TestApp;
let tasks: MemoryTasks;
beforeEach(async () => {
  app = testApp();
  tasks = memoryTasks();
  for (const { pool } of POOLS) await app.platform.messages.send(pool, 'm');
});
afterEach(() => app.close());

const pools = () => tasks.runs.map(({ pool }) => pool).sort();
const launch = (event: unknown) => launchPools(app.system, tasks, POOLS, event, AT_ONCE);

describe('the launcher', () => {
  it('looks after every pool by schedule', async () => {
    await launch(SCHEDULE);

    expect(pools()).toEqual(['default', 'large', 'spare']);
  });

  it('looks after one pool when it is nudged', async () => {
    await launch({ pool: 'large' });

    expect(pools()).toEqual(['large']);
  });

  it.each([
    ['cannot be seen', { failing: 'list' }],
    ['has no room for a task', { failing: 'run' }],
  ])('looks after the others when one pool %s, and fails in the end', async (_, { failing }) => {
    const { list, run } = tasks;
    const failFor = (pool: string) => {
      if (pool === 'default') throw new Error('no capacity');
    };
    const flaky: MemoryTasks = {
      ...tasks,
      list: async (pool) => {
        if (failing === 'list') failFor(pool);
        return list(pool);
      },
      run: async (pool, task) => {
        if (failing === 'run') failFor(pool);
        return run(pool, task);
      },
    };

    const done = launchPools(app.system, flaky, POOLS, SCHEDULE, AT_ONCE);

    await expect(done).rejects.toThrow('1 of 3 pools failed.');
    expect(pools()).toEqual(['large', 'spare']);
    expect(app.errors.some((line) => line.includes('no capacity'))).toBe(true);
  });

  it.each([[{ pool: 'nowhere' }], [{ pool: 7 }], [{ pool: '' }]])(
    'refuses the event %j',
    async (event) => {
      await expect(launch(event)).rejects.toThrow();
      expect(tasks.runs).toEqual([]);
    },
  );
});

describe("the launcher's environment", () => {
  const env = {
    TABLE_NAME: 'table',
    BUCKET_NAME: 'bucket',
    STAGE: 'dev',
    POOLS: '[{"name":"own","kind":"external"}]',
    CLUSTER: 'cluster',
    API_URL: 'https://api.example.test',
    SUBNETS: '["subnet-1"]',
    SECURITY_GROUP: 'sg-1',
    TASKS: '[{"pool":"default","taskDefinition":"default:1","max":4}]',
  };

  it('is read whole', () => {
    expect(readEnv(LaunchEnv, env)).toMatchObject({
      SUBNETS: ['subnet-1'],
      TASKS: [{ pool: 'default', taskDefinition: 'default:1', max: 4, spot: false }],
    });
  });

  it.each([
    ['SUBNETS', '[]'],
    ['SUBNETS', 'subnet-1'],
    ['TASKS', '[]'],
    ['TASKS', '[{"pool":"default","taskDefinition":"d","max":0}]'],
    ['TASKS', '[{"pool":"default","taskDefinition":"d","max":1,"cpu":2}]'],
    ['API_URL', 'ftp://api.example.test'],
    ['CLUSTER', ''],
  ])('names %s when it is %s', (name, value) => {
    expect(() => readEnv(LaunchEnv, { ...env, [name]: value })).toThrow(name);
  });
});
