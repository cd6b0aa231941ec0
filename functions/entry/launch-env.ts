import * as z from 'zod';
import { ApiEnv, json } from './env.ts';

/** A managed pool's machines: the task definition, how many at a time, and whether on spare capacity. */
export const PoolTasks = z.strictObject({
  pool: z.string().min(1),
  taskDefinition: z.string().min(1),
  max: z.int().min(1),
  /** Jobs that one of them runs at a time; one when missing. */
  concurrency: z.int().min(1).optional(),
  /** Spare capacity: cheaper, and taken away at any time. */
  spot: z.boolean().default(false),
});
export type PoolTasks = z.infer<typeof PoolTasks>;

/** What the launcher reads from its environment; the template writes the same names. */
export const LaunchEnv = z.object({
  ...ApiEnv.shape,
  CLUSTER: z.string().min(1),
  /** Base URL of the API that the tasks ask for jobs. */
  API_URL: z.url({ protocol: /^https?$/ }),
  SUBNETS: json.pipe(z.array(z.string().min(1)).min(1)),
  SECURITY_GROUP: z.string().min(1),
  TASKS: json.pipe(z.array(PoolTasks).min(1)),
});
export type LaunchEnv = z.infer<typeof LaunchEnv>;
