/** What functions are told of queues and of each other, in the shapes of `functions/entry/env.ts`. */
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ApiEnv, PoolAddress, QueueAddress } from '../functions/entry/env.ts';
import type { Config } from './config.ts';
import type { PoolQueue } from './constructs/pool-queue.ts';
import { jobHourUsd } from './prices.ts';

/** The functions that are started and not waited for, by the tasks that they do. */
type Background = Readonly<Partial<Record<keyof NonNullable<ApiEnv['BACKGROUND']>, IFunction>>>;

export const namesOf = (functions: Background): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(functions).map(([task, { functionName }]) => [task, functionName]),
  );

export const addressOf = ({ pool: name, queue, deadLetters }: PoolQueue): QueueAddress => ({
  name,
  queueUrl: queue.queueUrl,
  dlqUrl: deadLetters.queueUrl,
});

export const addressesOf = (
  pools: Config['pools'],
  queues: readonly PoolQueue[],
): readonly PoolAddress[] =>
  pools.map((pool): PoolAddress => {
    const { name } = pool;
    const found = queues.find((queue) => queue.pool === name);
    if (found === undefined || pool.kind === 'external') return { name, kind: 'external' };
    const { queueUrl, dlqUrl } = addressOf(found);
    return { name, kind: 'managed', queueUrl, dlqUrl, usdPerHour: jobHourUsd(pool) };
  });
