import { createHash } from 'node:crypto';
import * as z from 'zod';
import { experimentName, pluginName, resourceName } from '#kernel/strings.ts';

/** Names are kept as the original keeps them: in lower case, without spaces around, inside with dashes. */
const slug = (text: string): string => text.toLowerCase().trim().replaceAll(' ', '-');

const Text = z.string('Must be a text.').transform(slug);
export const ExperimentName = Text.pipe(experimentName());
export const QueueName = Text.pipe(resourceName());
/** A package of Python's, which is imported under this name. */
export const PluginName = z
  .string()
  .transform((text) => text.trim())
  .pipe(pluginName());

/** The name in a path, which is looked for as it is kept. */
export const namedIn = (segment: string): string => slug(segment);

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}([0-9a-f]{12})$/i;

/**
 * The UUID of a job, in the form of version 4: its last twelve digits are the job's number, the others come
 * of it. So nothing has to be stored or looked up, and a digit that is wrong leads nowhere.
 */
export function jobUuid(id: number): string {
  const hash = createHash('sha256').update(`job ${id}`).digest('hex');
  const number = id.toString(16).padStart(12, '0');
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(12, 15)}`,
    `a${hash.slice(15, 18)}`,
  ];
  return [...parts, number].join('-');
}

/** The number in the UUID of a job; undefined for a text that is no job's. */
export function jobIdOf(text: string): number | undefined {
  const [, digits] = UUID.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const id = Number.parseInt(digits, 16);
  const isOurs = jobUuid(id).replaceAll('-', '') === text.toLowerCase().replaceAll('-', '');
  return isOurs && id > 0 ? id : undefined;
}

/** As Python writes a time without a zone; all are of UTC. */
export const naiveTime = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}000`;
