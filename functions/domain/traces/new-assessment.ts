import type { Entry } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import {
  type Assessment,
  type AssessmentError,
  type AssessmentKind,
  type AssessmentSource,
  entries,
  limited,
  requireTime,
  wellFormed,
} from './schemas.ts';

const MAX_JSON = 48 * 1024;

/** An assessment as a client logs it. */
export interface NewAssessment {
  readonly name: string;
  readonly kind: AssessmentKind;
  readonly source: AssessmentSource;
  readonly createdOn?: number;
  readonly updatedOn?: number;
  /** JSON. */
  readonly value: string;
  readonly error?: AssessmentError;
  readonly rationale?: string;
  readonly metadata: readonly Entry[];
  readonly spanId?: string;
  readonly overrides?: string;
}

export function checkedValue(value: string): string {
  if (Buffer.byteLength(value) <= MAX_JSON) return wellFormed(value, 'assessment.value');
  throw invalid('too_long', `The value of an assessment is limited to ${MAX_JSON} bytes of JSON.`);
}

const checkedError = (error: AssessmentError): AssessmentError => ({
  code: limited(error.code, 'error_code'),
  message: wellFormed(error.message, 'error_message'),
  ...(error.stackTrace === undefined
    ? {}
    : { stackTrace: wellFormed(error.stackTrace, 'stack_trace') }),
});

/** Parts of an assessment that a change may replace. */
export const checkedParts = (
  input: Partial<Pick<NewAssessment, 'name' | 'value' | 'error' | 'rationale' | 'metadata'>>,
) => ({
  ...(input.name === undefined ? {} : { name: limited(input.name, 'assessment_name') }),
  ...(input.value === undefined ? {} : { value: checkedValue(input.value) }),
  ...(input.error === undefined ? {} : { error: checkedError(input.error) }),
  ...(input.rationale === undefined ? {} : { rationale: wellFormed(input.rationale, 'rationale') }),
  ...(input.metadata === undefined ? {} : { metadata: entries(input.metadata, 'metadata') }),
});

/** A new assessment as it is kept, under an id of its own. Throws `invalid`. */
export function checkedAssessment(ctx: Context, input: NewAssessment): Assessment {
  const now = ctx.clock.now();
  const { createdOn = now, updatedOn = now, spanId, overrides } = input;
  requireTime(createdOn, 'create_time');
  requireTime(updatedOn, 'last_update_time');
  return {
    id: `a-${ctx.ids.hex32()}`,
    kind: input.kind,
    source: {
      type: limited(input.source.type, 'source_type'),
      id: limited(input.source.id, 'source_id'),
    },
    createdOn,
    updatedOn,
    ...checkedParts(input),
    name: limited(input.name, 'assessment_name'),
    value: checkedValue(input.value),
    metadata: entries(input.metadata, 'metadata'),
    ...(spanId === undefined ? {} : { spanId: limited(spanId, 'span_id') }),
    ...(overrides === undefined ? {} : { overrides: limited(overrides, 'overrides') }),
    valid: true,
  };
}
