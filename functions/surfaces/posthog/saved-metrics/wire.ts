import * as z from 'zod';
import type { SavedMetric, SavedMetricWishes } from '#domain/abtests/index.ts';
import { sentName, sentText, unchecked } from '../fields.ts';
import { isoTime, PersonAnswer, type ShowPerson } from '../people.ts';

const fields = {
  name: sentName(400),
  description: sentText(400).nullish(),
  query: unchecked('A metric of the kind ExperimentMetric.', 'object').optional(),
  tags: z.array(sentName(255)).max(50).nullish(),
};

export const WholeSavedMetricBody = z.object(fields);
export const SavedMetricBody = z.object({ ...fields, name: fields.name.optional() });

export const SavedMetricAnswer = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  query: z.looseObject({}),
  created_by: PersonAnswer.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  tags: z.array(z.string()),
  user_access_level: z.string(),
});

export const toSavedMetric = (
  metric: SavedMetric,
  person: ShowPerson,
  level: string,
): z.infer<typeof SavedMetricAnswer> => ({
  id: metric.id,
  name: metric.name,
  description: metric.description,
  query: metric.query,
  created_by: person(metric.createdBy),
  created_at: isoTime(metric.createdOn),
  updated_at: isoTime(metric.updatedOn),
  tags: [...metric.tags],
  user_access_level: level,
});

/** What a body says; what it does not say is absent. Tags are told once each, in order. */
export const toSavedMetricWishes = ({
  name,
  description,
  query,
  tags,
}: z.output<typeof SavedMetricBody>): SavedMetricWishes => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(query !== undefined && { query }),
  ...(tags !== undefined && tags !== null && { tags: [...new Set(tags)].sort() }),
});
