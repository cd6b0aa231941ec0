import * as z from 'zod';
import type { FlagsFor, FlagValueFor } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { remoteConfig } from './config.ts';

const FlagRecord = z.object({
  key: z.string(),
  enabled: z.boolean(),
  variant: z.string().nullable(),
  reason: z.object({
    code: z.string(),
    condition_index: z.int().nullable(),
    description: z.string().nullable(),
  }),
  metadata: z.object({
    id: z.int(),
    version: z.int(),
    description: z.string().nullable(),
    payload: z.string().nullable(),
    has_experiment: z.boolean(),
  }),
  failed: z.boolean().optional(),
});

export const FlagsAnswer = z.looseObject({
  flags: z.record(z.string(), FlagRecord).optional().describe('From v=2.'),
  featureFlags: z
    .union([z.record(z.string(), z.union([z.boolean(), z.string()])), z.array(z.string())])
    .optional()
    .describe('Of what asks for an older version.'),
  featureFlagPayloads: z.record(z.string(), z.string()).optional(),
  errorsWhileComputingFlags: z.boolean(),
  requestId: z.string(),
  evaluatedAt: z.int(),
});

/** Which shape of an answer clients ask for. */
export type AnswerShape = 'records' | 'values' | 'enabled' | 'keys';

const payloadOf = (payload: unknown): string | null => {
  if (payload === null || payload === undefined) return null;
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
};

function toRecord({ flag, evaluation }: FlagValueFor): z.infer<typeof FlagRecord> {
  const { enabled, variant, reason, payload, failed } = evaluation;
  return {
    key: flag.key,
    enabled,
    variant,
    reason: {
      code: reason.code,
      condition_index: reason.conditionIndex,
      description: reason.description,
    },
    metadata: {
      id: flag.id,
      version: flag.version,
      description: flag.name === '' ? null : flag.name,
      payload: payloadOf(payload),
      has_experiment: flag.experimentIds.length > 0,
    },
    ...(failed === true && { failed }),
  };
}

const flagValue = ({ evaluation: { enabled, variant } }: FlagValueFor): boolean | string =>
  enabled ? (variant ?? true) : false;

const byKey = <T>(values: readonly FlagValueFor[], show: (value: FlagValueFor) => T) =>
  Object.fromEntries(values.map((value) => [value.flag.key, show(value)]));

function payloads(values: readonly FlagValueFor[]): Record<string, string> {
  const found = values.map(({ flag, evaluation }) => [flag.key, payloadOf(evaluation.payload)]);
  return Object.fromEntries(found.filter(([, payload]) => payload !== null));
}

function shaped(values: readonly FlagValueFor[], shape: AnswerShape) {
  if (shape === 'records') return { flags: byKey(values, toRecord) };
  // Clients keep what they know of a flag that is not in the answer.
  const known = values.filter(({ evaluation }) => evaluation.failed !== true);
  const enabled = known.filter(({ evaluation }) => evaluation.enabled);
  if (shape === 'keys') return { featureFlags: enabled.map(({ flag }) => flag.key) };
  if (shape === 'enabled') return { featureFlags: byKey(enabled, flagValue) };
  return { featureFlags: byKey(known, flagValue), featureFlagPayloads: payloads(enabled) };
}

export function toFlagsAnswer(
  ctx: Context,
  { values, failed, hasFlags }: FlagsFor,
  { shape, withConfig }: { readonly shape: AnswerShape; readonly withConfig: boolean },
): z.infer<typeof FlagsAnswer> {
  return {
    ...shaped(values, shape),
    errorsWhileComputingFlags: failed,
    requestId: ctx.ids.uuid(),
    evaluatedAt: ctx.clock.now(),
    ...(withConfig && remoteConfig(hasFlags)),
  };
}
