import * as z from 'zod';
import { eligibleFlags, experimentStats, lacksEvaluations } from '#domain/abtests/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { FlagAnswer, flagsShown } from '../flags/wire.ts';
import { projectOf } from '../project.ts';
import { StatsAnswer } from './answers.ts';
import { FlagQuery, toFlagQuery } from './list-query.ts';
import { EXPERIMENTS } from './paths.ts';
import { runningTimeRoute } from './running-time-route.ts';

/** What is told of a project's experiments as a whole. */
export const overviewRoutes: readonly Route[] = [
  runningTimeRoute,
  route({
    method: 'GET',
    path: `${EXPERIMENTS}/eligible_feature_flags`,
    operationId: 'listEligibleFeatureFlags',
    summary:
      'The flags that an experiment can be made with: several variants, the first is control.',
    access: reads('feature_flag'),
    query: FlagQuery,
    response: z.object({ results: z.array(FlagAnswer), count: z.int() }),
    handle: async ({ ctx, query }) => {
      const { asked, page } = toFlagQuery(projectOf(ctx), query);
      const flags = await eligibleFlags(ctx, asked);
      const some = flags.slice(page.offset, page.offset + page.limit);
      const show = await flagsShown(ctx, some);
      return { results: some.map(show), count: flags.length };
    },
  }),
  route({
    method: 'GET',
    path: `${EXPERIMENTS}/stats`,
    operationId: 'getExperimentStats',
    summary: 'How many experiments the project has launched and completed lately.',
    access: reads('experiment'),
    response: StatsAnswer,
    handle: async ({ ctx }) => {
      const stats = await experimentStats(ctx, projectOf(ctx));
      return {
        launched_last_30d: stats.launchedLast30Days,
        launched_previous_30d: stats.launchedPrevious30Days,
        percent_change: stats.percentChange,
        active_experiments: stats.active,
        completed_last_30d: stats.completedLast30Days,
      };
    },
  }),
  route({
    method: 'GET',
    path: `${EXPERIMENTS}/requires_flag_implementation`,
    operationId: 'requiresFlagImplementation',
    summary: 'Whether no evaluation of a feature flag has been reported to the project yet.',
    access: reads('experiment'),
    response: z.object({ result: z.boolean() }),
    handle: async ({ ctx }) => ({ result: await lacksEvaluations(ctx, projectOf(ctx)) }),
  }),
];
