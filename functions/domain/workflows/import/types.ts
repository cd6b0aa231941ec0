import {
  BUILTIN_TYPES,
  changeParameterType,
  createParameterType,
  deleteParameterType,
  parameterTypeKind,
} from '#domain/plugins/index.ts';
import { holderOfName } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { ImportConfig } from './config.ts';
import { importFailed, requireUnique } from './failed.ts';

/** What to do where a name is taken. */
export type Strategy = 'fail' | 'update' | 'overwrite';

/** Where the things of an import go, and how. */
export interface ImportPlan {
  readonly groupId: number;
  readonly strategy: Strategy;
}

/** The ids of what was imported, by name. */
export type Imported = ReadonlyMap<string, number>;

const holder = (ctx: Context, groupId: number, name: string) =>
  holderOfName(ctx, parameterTypeKind, {
    groupId,
    data: { name, description: '', structure: null },
  });

/** Makes the types of the config. */
export async function importTypes(
  ctx: Context,
  { groupId, strategy }: ImportPlan,
  types: ImportConfig['plugin_param_types'],
): Promise<Imported> {
  requireUnique(
    'parameter type',
    types.map(({ name }) => name),
  );
  const ids = new Map<string, number>();
  for (const type of types) {
    const existing = strategy === 'fail' ? undefined : await holder(ctx, groupId, type.name);
    if (existing !== undefined && strategy === 'update') {
      ids.set(type.name, (await changeParameterType(ctx, existing, type)).id);
      continue;
    }
    if (existing !== undefined) await deleteParameterType(ctx, existing);
    ids.set(type.name, (await createParameterType(ctx, { ...type, groupId })).id);
  }
  return ids;
}

/** Types that tasks may name: those of the import, and the group's built-in ones. */
export async function knownTypes(
  ctx: Context,
  { groupId }: ImportPlan,
  imported: Imported,
): Promise<
  (
    params: readonly { readonly name: string; readonly type: string }[],
  ) => { name: string; parameterType: number }[]
> {
  const ids = new Map(imported);
  for (const name of BUILTIN_TYPES) {
    const id = await holder(ctx, groupId, name);
    if (id !== undefined) ids.set(name, id);
  }
  return (params) =>
    params.map(({ name, type }) => {
      const parameterType = ids.get(type);
      if (parameterType !== undefined) return { name, parameterType };
      throw importFailed(
        `The parameter "${name}":`,
        `The type "${type.slice(0, 100)}" is neither built in nor defined in the config.`,
      );
    });
}

export type TypedParams = Awaited<ReturnType<typeof knownTypes>>;
