import * as z from 'zod';
import { INVISIBLE_CHARACTERS, line, text } from '#kernel/strings.ts';

/** A character of a username that is neither a space, a colon nor hidden: the rules below, for the document. */
const WORD = String.raw`[^\s:${INVISIBLE_CHARACTERS}]`;

/** Basic credentials end names at a colon; `job-<id>` is how the children of jobs sign in. */
export const Username = line({ min: 1, max: 150 })
  .refine((name) => !/^\s|\s$|\s\s|[^\S ]/u.test(name), 'Use single spaces, and only inside.')
  .refine((name) => !name.includes(':'), 'Must not hold a colon.')
  .refine((name) => !/^job-\d+$/.test(name), 'Names such as job-1 are for jobs.')
  .meta({ pattern: `^(?!job-[0-9]+$)${WORD}+(?: ${WORD}+)*$` });
export const Email = line({ min: 3, max: 320 });
export const Password = z.string().min(1).max(1_024);

export const NewToken = z.strictObject({
  name: text({ min: 1, max: 100 }),
  scopes: z
    .array(z.string().regex(/^(\*|[a-z_]+:(read|write))$/, 'Use "*" or "<object>:<read|write>".'))
    .min(1)
    .max(50)
    .optional(),
  days: z.int().min(1).max(366).default(90),
});

/** The token as the domain takes it: scopes that are not asked for are absent. */
export const tokenInput = ({ name, days, scopes }: z.output<typeof NewToken>) => ({
  name,
  days,
  ...(scopes === undefined ? {} : { scopes }),
});

/** What a member may do; what is not named, no. */
export const Permissions = z.strictObject({
  read: z.boolean().default(true),
  write: z.boolean().default(false),
  shareRead: z.boolean().default(false),
  shareWrite: z.boolean().default(false),
  owner: z.boolean().default(false),
  admin: z.boolean().default(false),
});
