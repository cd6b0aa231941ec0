import * as z from 'zod';
import type { NewAssessment } from '#domain/traces/index.ts';
import { invalid } from '#kernel/errors.ts';
import { filled } from '../fields.ts';
import { parseJson, toJson } from '../json.ts';
import { map, oneOf, timestamp } from './fields.ts';

const SOURCES = ['SOURCE_TYPE_UNSPECIFIED', 'HUMAN', 'LLM_JUDGE', 'CODE'] as const;
const MAX_DEPTH = 32;

const AssessmentError = z.object({
  error_code: z.string().default(''),
  error_message: z.string().default(''),
  stack_trace: z.string().optional(),
});

const Values = {
  feedback: z
    .object({ value: z.unknown().optional(), error: AssessmentError.optional() })
    .optional(),
  expectation: z
    .object({
      value: z.unknown().optional(),
      serialized_value: z
        .object({ serialization_format: z.literal('JSON_FORMAT'), value: z.string() })
        .optional(),
    })
    .optional(),
  issue: z.object({ issue_name: filled() }).optional(),
};

const Fields = {
  ...Values,
  rationale: z.string().optional(),
  metadata: map(),
  error: AssessmentError.optional(),
};

/** An assessment as clients log it; who made it, when and whether it is valid may be missing. */
export const AssessmentMessage = z.object({
  ...Fields,
  assessment_name: filled(),
  source: z.object({ source_type: oneOf(SOURCES), source_id: z.string().default('default') }),
  create_time: timestamp().optional(),
  last_update_time: timestamp().optional(),
  span_id: z.string().optional(),
  overrides: z.string().optional(),
});

/** The same with what changes, of which `update_mask` names the parts. */
export const AssessmentPatch = z.object({ ...Fields, assessment_name: filled().optional() });

/** Throws `invalid` for what clients could not read again. */
function requireReadable(value: unknown, depth = 0): void {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw invalid('not_unicode', 'The value is not well-formed Unicode.');
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) {
    throw invalid('too_deep', `The value is nested more than ${MAX_DEPTH} deep: flatten it.`);
  }
  for (const [name, member] of Object.entries(value)) {
    requireReadable(name);
    requireReadable(member, depth + 1);
  }
}

function jsonOf(value: unknown): string {
  requireReadable(value);
  return toJson(value ?? null);
}

function serialized(text: string): string {
  try {
    parseJson(text);
    return text;
  } catch {
    throw invalid('not_json', 'The serialized value of the expectation is not valid JSON.');
  }
}

type Message = z.output<typeof AssessmentPatch>;

const toError = (error: z.output<typeof AssessmentError>) => ({
  code: error.error_code,
  message: error.error_message,
  ...(error.stack_trace === undefined ? {} : { stackTrace: error.stack_trace }),
});

const onlyOne = () =>
  invalid(
    'assessment_value',
    'Exactly one of `expectation`, `feedback`, or `issue` should be specified.',
  );

type Value = Pick<NewAssessment, 'kind' | 'value' | 'error'>;

/** The value of an assessment. Throws `invalid` unless there is exactly one. */
export function valueIn(message: Message): Value {
  const { feedback, expectation, issue } = message;
  if ([feedback, expectation, issue].filter((one) => one !== undefined).length !== 1) {
    throw onlyOne();
  }
  if (feedback !== undefined) {
    const error = feedback.error ?? message.error;
    const value = jsonOf(feedback.value);
    return { kind: 'feedback', value, ...(error === undefined ? {} : { error: toError(error) }) };
  }
  if (issue !== undefined) return { kind: 'issue', value: jsonOf(issue.issue_name) };
  const text = expectation?.serialized_value?.value;
  return {
    kind: 'expectation',
    value: text === undefined ? jsonOf(expectation?.value) : serialized(text),
  };
}

export const toNewAssessment = (message: z.output<typeof AssessmentMessage>): NewAssessment => ({
  ...valueIn(message),
  name: message.assessment_name,
  source: { type: message.source.source_type, id: message.source.source_id },
  metadata: message.metadata,
  ...(message.create_time === undefined ? {} : { createdOn: message.create_time }),
  ...(message.last_update_time === undefined ? {} : { updatedOn: message.last_update_time }),
  ...(message.rationale === undefined ? {} : { rationale: message.rationale }),
  ...(message.span_id ? { spanId: message.span_id } : {}),
  ...(message.overrides ? { overrides: message.overrides } : {}),
});
