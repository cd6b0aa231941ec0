import * as z from 'zod';
import { documentProblem, type FlagFields } from '#domain/flags/index.ts';
import { invalidField } from '../errors.ts';

/** Bounded before anything goes through it, such as what hashes bodies. */
const Filters = z.looseObject({}).superRefine((document, issue) => {
  const problem = documentProblem(document);
  if (problem !== undefined) issue.addIssue(problem);
});

const Labels = z.array(z.string()).optional();

const members = {
  name: z.string().optional(),
  filters: Filters.optional(),
  active: z.boolean().optional(),
  deleted: z.boolean().optional(),
  ensure_experience_continuity: z.boolean().nullish(),
  tags: Labels,
  evaluation_runtime: z.enum(['server', 'client', 'all']).optional(),
  evaluation_contexts: Labels,
  /** The name of `evaluation_contexts` of before. */
  evaluation_tags: Labels,
  bucketing_identifier: z.enum(['distinct_id', 'device_id']).nullish(),
  is_remote_configuration: z.boolean().nullish(),
  has_encrypted_payloads: z.boolean().nullish(),
  /** Of the flag that the change was made of. */
  version: z.int().optional(),
};

export const NewFlagBody = z.object({ key: z.string(), ...members });
export const FlagBody = z.object({ key: z.string().optional(), ...members });
type FlagBody = z.output<typeof FlagBody>;

/** A document without its conditions changes the rest of it alone. */
const mergedFilters = (
  sent: FlagFields['filters'],
  before: FlagFields['filters'] | undefined,
): FlagFields['filters'] =>
  before === undefined || Object.hasOwn(sent, 'groups') ? sent : { ...before, ...sent };

function toNames(body: FlagBody): Partial<FlagFields> {
  const contexts = body.evaluation_contexts ?? body.evaluation_tags;
  return {
    ...(body.key !== undefined && { key: body.key }),
    ...(body.name !== undefined && { name: body.name }),
    ...(body.active !== undefined && { active: body.active }),
    ...(body.deleted !== undefined && { deleted: body.deleted }),
    ...(body.tags !== undefined && { tags: [...new Set(body.tags)] }),
    ...(contexts !== undefined && { evaluationContexts: [...new Set(contexts)] }),
  };
}

/** What a body says of a flag, which is `before` so far. Throws `invalid`. */
export function toFlagFields(
  body: FlagBody,
  before?: Pick<FlagFields, 'filters'>,
): Partial<FlagFields> {
  if (body.has_encrypted_payloads === true) {
    throw invalidField('has_encrypted_payloads', 'Encrypted payloads are not supported.');
  }
  const { evaluation_runtime: runtime, bucketing_identifier: bucketing, filters } = body;
  const { ensure_experience_continuity: sticky, is_remote_configuration: remote } = body;
  return {
    ...toNames(body),
    ...(filters !== undefined && { filters: mergedFilters(filters, before?.filters) }),
    ...(runtime !== undefined && { evaluationRuntime: runtime }),
    ...(bucketing !== undefined && { bucketingIdentifier: bucketing ?? 'distinct_id' }),
    ...(sticky !== undefined && { ensureExperienceContinuity: sticky === true }),
    ...(remote !== undefined && { isRemoteConfiguration: remote === true }),
  };
}
