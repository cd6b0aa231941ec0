import * as z from 'zod';
import type { OutputParam, Tasks as TaskData } from '#domain/plugins/index.ts';
import type { Referred } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { parameterName } from '#kernel/strings.ts';
import { Id, ResourceRef, resourceRef } from '../shapes.ts';

/** Bounds that keep one file's tasks small enough to be bound by every version of its plugin. */
const MAX_TASKS = 500;
const MAX_PARAMS = 200;

const NewParam = z.strictObject({ name: parameterName(), parameterType: Id });
export const NewOutputParams = z.array(NewParam).max(MAX_PARAMS);

/** The tasks of a file as they come in. */
export const NewTasks = z.strictObject({
  functions: z
    .array(
      z.strictObject({
        name: parameterName(),
        inputParams: z
          .array(NewParam.extend({ required: z.boolean().default(true) }))
          .max(MAX_PARAMS),
        outputParams: NewOutputParams,
      }),
    )
    .max(MAX_TASKS)
    .default([]),
  artifacts: z
    .array(z.strictObject({ name: parameterName(), outputParams: NewOutputParams }))
    .max(MAX_TASKS)
    .default([]),
});

export const Params = z.array(z.object({ name: z.string(), parameterType: ResourceRef }));

/** The tasks of a file as they are shown: with ids, types as references. */
export const Tasks = z.object({
  functions: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      inputParams: z.array(
        z.object({ name: z.string(), parameterType: ResourceRef, required: z.boolean() }),
      ),
      outputParams: Params,
    }),
  ),
  artifacts: z.array(z.object({ id: z.int(), name: z.string(), outputParams: Params })),
});

/** Types by id, as `readRefs` finds them. */
export type TypeRefs = ReadonlyMap<number, Referred>;

export const shapeParams = (ctx: Context, types: TypeRefs, params: readonly OutputParam[]) =>
  params.map(({ name, parameterType }) => {
    const type = types.get(parameterType);
    return {
      name,
      parameterType: type === undefined ? null : resourceRef(ctx, 'pluginParameterTypes', type),
    };
  });

export const shapeTasks = (ctx: Context, types: TypeRefs, tasks: TaskData) => ({
  functions: tasks.functions.map(({ id, name, inputParams, outputParams }) => ({
    id,
    name,
    inputParams: shapeParams(ctx, types, inputParams).map((shown, index) => ({
      ...shown,
      required: inputParams[index]?.required ?? true,
    })),
    outputParams: shapeParams(ctx, types, outputParams),
  })),
  artifacts: tasks.artifacts.map(({ id, name, outputParams }) => ({
    id,
    name,
    outputParams: shapeParams(ctx, types, outputParams),
  })),
});
