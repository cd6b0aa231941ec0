import * as z from 'zod';
import type { Attribute } from '#kernel/table.ts';
import type { JsonValue } from './task-graph/json.ts';
import { typeStructureFault } from './task-graph/types.ts';

/** The table holds at most 32 levels, and an item has some of its own. */
const MAX_LEVELS = 24;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/** The structure of a parameter type in the engine's notation: one that is wrong would spoil every entrypoint of the group. */
export const TypeStructure = z
  .record(z.string(), z.unknown(), 'Must be an object.')
  .superRefine((structure, ctx) => {
    const fault = isDeeperThan(structure, MAX_LEVELS)
      ? `nested deeper than ${MAX_LEVELS} levels`
      : typeStructureFault(structure as JsonValue);
    if (fault !== undefined) {
      ctx.addIssue({ code: 'custom', message: `Not a type structure: ${fault}.` });
    }
  })
  .transform((structure) => structure as { readonly [name: string]: Attribute });
