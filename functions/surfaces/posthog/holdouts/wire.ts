import * as z from 'zod';
import type { Holdout, HoldoutWishes } from '#domain/abtests/index.ts';
import { sentName, sentText, unchecked } from '../fields.ts';
import { isoTime, PersonAnswer, type ShowPerson } from '../people.ts';

const fields = {
  name: sentName(400),
  description: sentText(400).nullish(),
  filters: unchecked(
    'Each with the percentage that is held out, `rollout_percentage`.',
    'array',
  ).optional(),
};

export const WholeHoldoutBody = z.object(fields);
export const HoldoutBody = z.object({ ...fields, name: fields.name.optional() });

export const HoldoutAnswer = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  filters: z.array(z.looseObject({})),
  created_by: PersonAnswer.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export const toHoldout = (holdout: Holdout, person: ShowPerson): z.infer<typeof HoldoutAnswer> => ({
  id: holdout.id,
  name: holdout.name,
  description: holdout.description,
  filters: [...holdout.filters],
  created_by: person(holdout.createdBy),
  created_at: isoTime(holdout.createdOn),
  updated_at: isoTime(holdout.updatedOn),
});

/** What a body says; what it does not say is absent. */
export const toHoldoutWishes = <B extends z.output<typeof HoldoutBody>>({
  name,
  description,
  filters,
}: B): HoldoutWishes => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(filters !== undefined && { filters }),
});
