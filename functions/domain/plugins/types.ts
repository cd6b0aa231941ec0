import {
  changeResource,
  createResource,
  createWrites,
  deleteResource,
  namedKind,
  newResource,
  type Resource,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import type { Attribute, Write } from '#kernel/table.ts';

/** A type of task parameters; `structure` in the engine's notation, null for simple ones. */
export interface ParameterTypeData {
  readonly name: string;
  readonly description: string;
  readonly structure: { readonly [name: string]: Attribute } | null;
  /** One of the six that every group starts with; they cannot change. */
  readonly builtin?: boolean;
}
export type ParameterType = Resource<ParameterTypeData>;

/** In the order of their ids in a new group. */
export const BUILTIN_TYPES = ['any', 'string', 'integer', 'number', 'boolean', 'null'] as const;

export const parameterTypeKind = namedKind<ParameterTypeData>('plugin_task_parameter_type', {
  keptWhenDeleted: true,
  order: 'snapshot',
});

/** The built-in types of a new group, as writes of the transaction that makes the group. */
export async function builtinTypeWrites(ctx: Context, groupId: number): Promise<Write[]> {
  const writes: Write[] = [];
  for (const name of BUILTIN_TYPES) {
    const type = await newResource(ctx, parameterTypeKind, {
      groupId,
      data: { name, description: '', structure: null, builtin: true },
    });
    writes.push(...(await createWrites(ctx, parameterTypeKind, type)).writes);
  }
  return writes;
}

function refuseBuiltinName(name: string): void {
  const plain = name.trim().toLowerCase();
  if (BUILTIN_TYPES.some((builtin) => builtin === plain)) {
    throw invalid('builtin_type', `"${plain}" is a built-in type; choose another name.`);
  }
}

function refuseBuiltin(type: ParameterType): void {
  if (type.data.builtin === true) {
    throw new AppError('forbidden', 'Built-in types cannot be changed or deleted.', {
      reason: 'read_only',
    });
  }
}

export async function createParameterType(
  ctx: Context,
  input: Omit<ParameterTypeData, 'builtin'> & { readonly groupId: number },
): Promise<ParameterType> {
  const { groupId, name, description, structure } = input;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  refuseBuiltinName(name);
  return createResource(ctx, parameterTypeKind, {
    groupId,
    data: { name, description, structure },
  });
}

export const changeParameterType = (
  ctx: Context,
  id: number,
  data: Omit<ParameterTypeData, 'builtin'>,
): Promise<ParameterType> =>
  changeResource(ctx, parameterTypeKind, id, (type) => {
    refuseBuiltin(type);
    refuseBuiltinName(data.name);
    return { data };
  });

export async function deleteParameterType(ctx: Context, id: number): Promise<void> {
  await changeResource(ctx, parameterTypeKind, id, (type) => {
    refuseBuiltin(type);
    return undefined;
  });
  await deleteResource(ctx, parameterTypeKind, id);
}
