import * as z from 'zod';
import { evaluateProject } from '#domain/flags/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { invalidField } from '../errors.ts';
import { projectOf } from '../project.ts';
import { DefinitionsAnswer, DefinitionsQuery, definitionsAnswer } from './definitions.ts';

const ReasonsQuery = z.object({
  distinct_id: z.string().min(1).max(200),
  groups: z.string().max(10_000).optional().describe('A JSON object: keys of groups by type.'),
});

const ReasonsAnswer = z.record(
  z.string(),
  z.object({
    value: z.union([z.boolean(), z.string()]),
    evaluation: z.object({ reason: z.string(), condition_index: z.int().nullable() }),
  }),
);

function groupsOf(json: string | undefined): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(json ?? '{}'));
  } catch {
    throw invalidField('groups', 'Expected a JSON object.');
  }
}

export const evaluationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/projects/{project}/feature_flags/evaluation_reasons',
    operationId: 'getEvaluationReasons',
    summary: 'What every flag is for somebody, and why.',
    access: reads('feature_flag'),
    query: ReasonsQuery,
    response: ReasonsAnswer,
    handle: async ({ ctx, query: { distinct_id: distinctId, groups } }) => {
      const subject = { distinctId, groups: groupsOf(groups) };
      const values = await evaluateProject(ctx, projectOf(ctx), subject);
      return Object.fromEntries(
        values.map(({ flag, evaluation: { enabled, variant, reason } }) => [
          flag.key,
          {
            value: enabled ? (variant ?? true) : false,
            evaluation: { reason: reason.code, condition_index: reason.conditionIndex },
          },
        ]),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/{project}/feature_flags/local_evaluation',
    operationId: 'getProjectLocalEvaluation',
    summary: 'All flags of the project, for servers that evaluate them by themselves.',
    access: reads('feature_flag'),
    query: DefinitionsQuery,
    response: DefinitionsAnswer,
    handle: async ({ ctx, request }) => definitionsAnswer(ctx, request, projectOf(ctx)),
  }),
];
