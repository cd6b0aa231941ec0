import { type Route, reads, route } from '#http/route.ts';
import { DefinitionsAnswer, DefinitionsQuery, definitionsAnswer } from '../flags/definitions.ts';

const ROW = {
  method: 'GET',
  access: reads('feature_flag'),
  query: DefinitionsQuery,
  response: DefinitionsAnswer,
} as const;

export const definitionsRoutes: readonly Route[] = [
  route({
    ...ROW,
    path: '/flags/definitions',
    operationId: 'getFlagDefinitions',
    summary: 'All flags of a project, for servers that evaluate them by themselves.',
    handle: async ({ ctx, request }) => definitionsAnswer(ctx, request),
  }),
  route({
    ...ROW,
    path: '/api/feature_flag/local_evaluation',
    operationId: 'getLocalEvaluation',
    summary: 'The same for older clients.',
    handle: async ({ ctx, request }) => definitionsAnswer(ctx, request),
  }),
];
