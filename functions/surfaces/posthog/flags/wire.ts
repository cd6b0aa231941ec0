import * as z from 'zod';
import type { Flag } from '#domain/flags/index.ts';

/** A flag inside of what goes by it, such as an experiment. */
export const MinimalFlag = z.object({
  id: z.int(),
  team_id: z.int(),
  name: z.string(),
  key: z.string(),
  filters: z.looseObject({}),
  deleted: z.boolean(),
  active: z.boolean(),
  ensure_experience_continuity: z.boolean(),
  has_encrypted_payloads: z.boolean(),
  version: z.int(),
  evaluation_runtime: z.enum(['server', 'client', 'all']),
  evaluation_contexts: z.array(z.string()),
  bucketing_identifier: z.enum(['distinct_id', 'device_id']),
});

export const toMinimalFlag = (flag: Flag): z.infer<typeof MinimalFlag> => ({
  id: flag.id,
  team_id: flag.groupId,
  name: flag.name,
  key: flag.key,
  filters: flag.filters,
  deleted: flag.deleted,
  active: flag.active,
  ensure_experience_continuity: flag.ensureExperienceContinuity,
  has_encrypted_payloads: false,
  version: flag.version,
  evaluation_runtime: flag.evaluationRuntime,
  evaluation_contexts: [...flag.evaluationContexts],
  bucketing_identifier: flag.bucketingIdentifier,
});
