import * as z from 'zod';

const WRONG_TIME =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].';

const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds of a text as the original's framework reads times; without a zone it is UTC. */
function timeOf(text: string): number {
  const [, date, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  return date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
}

/** A time that is sent, as the domain has it. */
export const sentTime = () =>
  z
    .string()
    .max(40)
    .refine((text) => Number.isFinite(timeOf(text)), WRONG_TIME)
    .transform(timeOf)
    .meta({ format: 'date-time' });

const NOT_STORABLE = 'Null characters are not allowed.';
const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** Text of people's own; `max` in characters. */
export const sentText = (max: number) => z.string().max(max).refine(isStorable, NOT_STORABLE);

/** The same without blanks around it, and not empty. */
export const sentName = (max: number) =>
  z.string().trim().min(1).max(max).refine(isStorable, NOT_STORABLE);

/** A document that is kept as it is sent. */
export const sentDocument = () => z.record(z.string(), z.unknown());

/** What only the domain can judge, since the texts of what is wrong are its own. */
export const unchecked = (description: string, type: 'array' | 'object') =>
  z.unknown().meta({
    type: [type, 'null'],
    ...(type === 'array' ? { items: {} } : {}),
    description,
  });

/** A flag in a query; what is neither is as if it were not there. */
export const queryFlag = () =>
  z
    .string()
    .optional()
    .transform((text) => {
      const lower = text?.toLowerCase();
      return lower === 'true' ? true : lower === 'false' ? false : undefined;
    });

/** A whole number in a query; what is none is as if it were not there. */
export const queryId = () =>
  z
    .string()
    .optional()
    .transform((text) =>
      text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined,
    );
