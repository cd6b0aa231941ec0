import * as z from 'zod';
import {
  createAssessment,
  deleteAssessment,
  getAssessment,
  updateAssessment,
} from '#domain/traces/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import {
  AssessmentMessage,
  AssessmentPatch,
  toNewAssessment,
  valueIn,
} from './assessment-fields.ts';
import { toAssessment } from './wire.ts';

const PARTS = [
  'assessment_name',
  'expectation',
  'feedback',
  'rationale',
  'metadata',
  'valid',
] as const;
const camel = (name: string): string =>
  name.replaceAll(/_[a-z]/g, (found) => found.slice(1).toUpperCase());

/** Names of fields with commas between, in snake or camel case; others are nobody's. */
const Mask = z.string().transform((text): readonly string[] => {
  const named = text.split(',').map((name) => name.trim());
  return PARTS.filter((part) => named.includes(part) || named.includes(camel(part)));
});

const create = route({
  method: 'POST',
  path: '/traces/{traceId}/assessments',
  operationId: 'createAssessment',
  summary: 'Log feedback on a trace, what was expected of it, or an issue that it shows.',
  access: writes('run', { jobs: true }),
  body: z.object({ assessment: AssessmentMessage }),
  handle: async ({ ctx, params: { traceId }, body }) => {
    const assessment = await createAssessment(ctx, {
      ...toNewAssessment(body.assessment),
      traceId,
    });
    return { assessment: toAssessment(traceId, assessment) };
  },
});

const get = route({
  method: 'GET',
  path: '/traces/{traceId}/assessments/{id}',
  operationId: 'getAssessment',
  summary: 'One assessment of a trace.',
  access: reads('run', { jobs: true }),
  handle: async ({ ctx, params: { traceId, id } }) => ({
    assessment: toAssessment(traceId, await getAssessment(ctx, { traceId, id })),
  }),
});

const change = route({
  method: 'PATCH',
  path: '/traces/{traceId}/assessments/{id}',
  operationId: 'updateAssessment',
  summary: 'Change the parts of an assessment that update_mask names.',
  access: writes('run', { jobs: true }),
  body: z.object({ assessment: AssessmentPatch, update_mask: Mask }),
  handle: async ({ ctx, params: { traceId, id }, body: { assessment: message, ...body } }) => {
    const has = (part: (typeof PARTS)[number]): boolean => body.update_mask.includes(part);
    const { feedback, expectation } = message;
    const value = {
      ...message,
      feedback: has('feedback') ? feedback : undefined,
      expectation: has('expectation') ? expectation : undefined,
      issue: undefined,
    };
    const name = has('assessment_name') ? message.assessment_name : undefined;
    const rationale = has('rationale') ? (message.rationale ?? '') : undefined;
    const assessment = await updateAssessment(ctx, {
      traceId,
      id,
      ...(has('feedback') || has('expectation') ? valueIn(value) : {}),
      ...(name === undefined ? {} : { name }),
      ...(rationale === undefined ? {} : { rationale }),
      ...(has('metadata') ? { metadata: message.metadata } : {}),
    });
    return { assessment: toAssessment(traceId, assessment) };
  },
});

const removal = route({
  method: 'DELETE',
  path: '/traces/{traceId}/assessments/{id}',
  operationId: 'deleteAssessment',
  summary: 'Remove an assessment.',
  access: writes('run', { jobs: true }),
  handle: async ({ ctx, params: { traceId, id } }) => {
    await deleteAssessment(ctx, { traceId, id });
    return {};
  },
});

export const assessmentRoutes: readonly Route[] = [create, get, change, removal];
