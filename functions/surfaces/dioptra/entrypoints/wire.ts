import * as z from 'zod';
import {
  changeEntrypointAsDrafted,
  createEntrypoint,
  type EntrypointData,
  entrypointKind,
  parameterTypes,
  queueIds,
} from '#domain/entrypoints/index.ts';
import { line, parameterName, pythonBoolean, resourceName, verbatim } from '#kernel/strings.ts';
import { editsOf } from '../mounts/edits.ts';
import { NewOutputParams, Params, shapeParams } from '../plugins/task-wire.ts';
import type { ResourceMount } from '../resource-routes.ts';
import {
  Description,
  GroupId,
  Id,
  ResourceFields,
  ResourceRef,
  resourceFields,
  resourceRef,
} from '../shapes.ts';
import { EntrypointPlugin, readBindings } from './plugin-wire.ts';

export const ParameterShape = z.object({
  name: z.string(),
  defaultValue: z.nullable(z.string()),
  parameterType: z.enum(parameterTypes),
});

export const Entrypoint = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  taskGraph: z.string(),
  artifactGraph: z.string(),
  parameters: z.array(ParameterShape),
  artifactParameters: z.array(z.object({ name: z.string(), outputParams: Params })),
  plugins: z.array(EntrypointPlugin),
  artifactPlugins: z.array(EntrypointPlugin),
  queues: z.array(ResourceRef),
});

/** What a save may hold at most; the graphs have finer limits of their own. */
const MAX_GRAPH = 262_144;
const MAX_DEFAULT = 65_536;
const MAX_LIST = 500;

const ids = () => z.array(Id).max(MAX_LIST);
const mutable = {
  name: resourceName(),
  description: Description,
  taskGraph: verbatim({ max: MAX_GRAPH }),
  artifactGraph: verbatim({ max: MAX_GRAPH }).default(''),
  parameters: z
    .array(
      z.strictObject({
        name: line({ min: 1, max: 500 }),
        defaultValue: z.nullable(verbatim({ max: MAX_DEFAULT })).default(null),
        parameterType: z.enum(parameterTypes),
      }),
    )
    .max(MAX_LIST)
    .default([]),
  artifactParameters: z
    .array(z.strictObject({ name: parameterName(), outputParams: NewOutputParams }))
    .max(MAX_LIST)
    .default([]),
  queues: ids().default([]),
};

const NewFields = z.strictObject({
  ...mutable,
  plugins: ids().default([]),
  artifactPlugins: ids().default([]),
});
export const NewEntrypoint = NewFields.extend({ group: GroupId });
/** What a change may say without binding plugins anew. */
export const EntrypointContent = z.strictObject(mutable);
export const EntrypointChange = z.strictObject({
  ...mutable,
  pluginSnapshotIds: ids(),
  artifactPluginSnapshotIds: ids(),
});
/** As drafts hold it; their changes name artifact plugins, not versions of plugins. */
export const entrypointEdits = editsOf({
  kind: entrypointKind,
  fields: NewFields,
  create: (ctx, { groupId }, fields) => createEntrypoint(ctx, { ...fields, groupId }),
  changes: z.strictObject({ ...mutable, artifactPlugins: ids().optional() }),
  change: (ctx, { id }, fields) => changeEntrypointAsDrafted(ctx, id, fields),
});

export const PluginIds = z.strictObject({ plugins: ids() });
export const ArtifactPluginIds = z.strictObject({ artifactPlugins: ids() });
export const SaveQuery = z.object({ validateOnly: pythonBoolean().optional() });

export const entrypointMount: ResourceMount<EntrypointData> = {
  path: 'entrypoints',
  title: 'Entrypoint',
  scope: 'entrypoint',
  kind: entrypointKind,
  response: Entrypoint,
  jobs: true,
  shape: async (ctx, rows, beside, versions) => {
    const bound = rows.flatMap(({ data }) => [...data.plugins, ...data.artifactPlugins]);
    const types = rows.flatMap(({ data }) =>
      data.artifactParameters.flatMap(({ outputParams }) =>
        outputParams.map((param) => param.parameterType),
      ),
    );
    const { shape, refs } = await readBindings(ctx, bound, [...rows.flatMap(queueIds), ...types]);
    return rows.map((entrypoint, index) => ({
      ...resourceFields(ctx, beside, entrypoint, versions?.[index]),
      name: entrypoint.data.name,
      description: entrypoint.data.description,
      taskGraph: entrypoint.data.taskGraph,
      artifactGraph: entrypoint.data.artifactGraph,
      parameters: entrypoint.data.parameters.map(({ name, defaultValue, parameterType }) => ({
        name,
        defaultValue,
        parameterType,
      })),
      artifactParameters: entrypoint.data.artifactParameters.map(({ name, outputParams }) => ({
        name,
        outputParams: shapeParams(ctx, refs, outputParams),
      })),
      plugins: shape(entrypoint.data.plugins),
      artifactPlugins: shape(entrypoint.data.artifactPlugins),
      queues: queueIds(entrypoint).flatMap((id) => {
        const queue = refs.get(id);
        return queue === undefined ? [] : [resourceRef(ctx, 'queues', queue)];
      }),
    }));
  },
};
