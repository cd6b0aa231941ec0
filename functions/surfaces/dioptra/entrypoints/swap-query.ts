import * as z from 'zod';

const FORM = /^swaps\[(.+)\]$/s;

/** The choices in the parameters `swaps[NAME]=alias`; each name may be there once. */
function choicesIn(query: Readonly<Record<string, unknown>>, ctx: z.RefinementCtx) {
  const choices = new Map<string, string>();
  const refuse = (message: string) => ctx.addIssue({ code: 'custom', path: ['swaps'], message });
  if (Object.hasOwn(query, 'swaps')) refuse('Use swaps[name]=alias query parameters.');
  for (const [parameter, alias] of Object.entries(query)) {
    if (!parameter.startsWith('swaps[')) continue;
    const name = FORM.exec(parameter)?.[1];
    if (name === undefined) refuse(`Invalid swap parameter: ${parameter}.`);
    else if (typeof alias !== 'string') refuse(`Provide exactly one alias for ${parameter}.`);
    else choices.set(name, alias);
  }
  return choices;
}

/** A query with the choices of swaps as `swaps`, beside other parameters. */
export const swapQuery = <S extends z.ZodRawShape>(shape: S) =>
  z.looseObject(shape).transform((query, ctx) => ({
    ...query,
    swaps: choicesIn(query, ctx),
  }));
