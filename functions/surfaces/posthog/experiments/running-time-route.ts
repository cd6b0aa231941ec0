import * as z from 'zod';
import { daysFor, power, sampleSize } from '#domain/stats/index.ts';
import { reads, route } from '#http/route.ts';
import { EXPERIMENTS } from './paths.ts';

const number = (schema: z.ZodNumber) => z.string().max(40).transform(Number).pipe(schema);

const Asked = z.object({
  metric_type: z
    .enum(['count', 'value', 'funnel', 'ratio', 'retention'])
    .describe('`count`: events by person; `value`: a sum or an average by person.'),
  baseline: number(z.number().positive()).describe('The mean, rate or ratio of the baseline.'),
  variance: number(z.number().positive())
    .optional()
    .describe('Of one person; for ratios and retention.'),
  minimum_detectable_effect: number(z.number().positive().max(1_000_000))
    .default(30)
    .describe('The least relative change worth finding, in percent.'),
  number_of_variants: number(z.number().int().min(2).max(20)).default(2),
  exposures_per_day: number(z.number().positive()).optional(),
});

/** Ours: PostHog's pages work this out by themselves. */
export const runningTimeRoute = route({
  method: 'GET',
  path: `${EXPERIMENTS}/running_time`,
  operationId: 'planRunningTime',
  summary:
    'How many people an experiment needs to find a change, in all variants, and how many days.',
  access: reads('experiment'),
  query: Asked,
  response: z.object({
    recommended_sample_size: z.int().nullable(),
    recommended_running_time: z.int().nullable(),
    power: z.number().nullable(),
  }),
  handle: async ({ query }) => {
    const plan = {
      metric: { kind: query.metric_type, baseline: query.baseline, variance: query.variance },
      mdePercent: query.minimum_detectable_effect,
      variants: query.number_of_variants,
    };
    const size = sampleSize(plan);
    const pace = query.exposures_per_day;
    const days = size === undefined || pace === undefined ? undefined : daysFor(size, pace);
    return {
      recommended_sample_size: size ?? null,
      recommended_running_time: days ?? null,
      power: (size === undefined ? undefined : power(plan, size)) ?? null,
    };
  },
});
