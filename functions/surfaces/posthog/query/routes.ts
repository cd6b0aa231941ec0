import * as z from 'zod';
import { analyseExperiment, experimentExposures } from '#domain/abtests/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { unchecked } from '../fields.ts';
import { projectOf } from '../project.ts';
import { ExposureAnswer, ResultAnswer, toExposures, toResult } from './wire.ts';

const experiment_id = z.int().describe('The experiment that is asked about.');

const QueryBody = z.object({
  refresh: z
    .union([z.boolean(), z.string().max(50)])
    .nullish()
    .describe('`force_…` works a result out anew; all else takes one of some minutes ago.'),
  query: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('ExperimentQuery'),
      experiment_id,
      metric: unchecked('A metric of the kind ExperimentMetric.', 'object'),
    }),
    z.object({ kind: z.literal('ExperimentExposureQuery'), experiment_id }),
  ]),
});

export const queryRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/projects/{project}/query',
    operationId: 'queryProject',
    summary: 'Works out what the events of the project say of a metric, or of exposures, by now.',
    access: reads('query'),
    untraced: true,
    body: QueryBody,
    response: z.union([ResultAnswer, ExposureAnswer]),
    handle: async ({ ctx, body: { query, refresh } }) => {
      const place = { groupId: projectOf(ctx), id: query.experiment_id };
      if (query.kind === 'ExperimentExposureQuery') {
        return toExposures(await experimentExposures(ctx, place));
      }
      const isForced = String(refresh).startsWith('force_');
      return toResult(await analyseExperiment(ctx, place, query.metric, { refresh: isForced }));
    },
  }),
];
