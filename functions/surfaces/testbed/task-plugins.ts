import * as z from 'zod';
import { BUILTIN_PLUGINS, type Plugin, pluginKind, uploadPlugin } from '#domain/plugins/index.ts';
import { deleteResource } from '#domain/resources/index.ts';
import { homeGroup } from '#domain/tracking/index.ts';
import { type FormLimits, uploadedFile } from '#http/form.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { ifThere, notFound } from '#kernel/errors.ts';
import { done, wholeList } from './answers.ts';
import { findByName, listAll } from './lookup.ts';
import { PluginName } from './names.ts';

const BUILTINS = 'dioptra_builtins';
const CUSTOM = 'dioptra_custom';
const MIB = 1024 * 1024;

const FORM: FormLimits = {
  files: { task_plugin_file: 'one' },
  maxBytes: 51 * MIB,
  maxFileBytes: 50 * MIB,
  maxParts: 20,
};
const Form = z.object({
  task_plugin_name: PluginName,
  task_plugin_file: uploadedFile(),
  collection: z.literal(CUSTOM, `Must be ${CUSTOM}: the other collection comes with Assay.`),
});

const PluginAnswer = z.object({
  taskPluginName: z.string(),
  collection: z.string(),
  modules: z.array(z.string()),
});
const Deleted = z.object({
  status: z.literal('Success'),
  collection: z.literal(CUSTOM),
  taskPluginName: z.array(z.string()),
});

const builtins = BUILTIN_PLUGINS.map(({ name, modules }) => ({
  taskPluginName: name,
  collection: BUILTINS,
  modules: ['__init__.py', ...modules],
}));
const custom = ({ data }: Plugin) => ({
  taskPluginName: data.name,
  collection: CUSTOM,
  modules: data.files.map(({ filename }) => filename),
});

export const taskPluginRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/taskPlugin',
    operationId: 'listTaskPlugins',
    summary: 'The task plugins of both collections.',
    access: reads('plugin', { jobs: true }),
    response: z.array(PluginAnswer),
    handle: async ({ ctx, request }) =>
      wholeList(ctx, request, [...builtins, ...(await listAll(ctx, pluginKind)).map(custom)]),
  }),
  route({
    method: 'POST',
    path: '/taskPlugin',
    operationId: 'registerTaskPlugin',
    summary: 'Register a task plugin: an archive with one package of Python.',
    access: writes('plugin'),
    form: FORM,
    body: Form,
    response: PluginAnswer,
    handle: async ({ ctx, body }) => {
      const groupId = homeGroup(ctx);
      const name = body.task_plugin_name;
      return custom(await uploadPlugin(ctx, { groupId, name, archive: body.task_plugin_file }));
    },
  }),
  route({
    method: 'GET',
    path: `/taskPlugin/${BUILTINS}`,
    operationId: 'listBuiltinTaskPlugins',
    summary: 'The task plugins that every worker has.',
    access: reads('plugin', { jobs: true }),
    response: z.array(PluginAnswer),
    handle: async () => builtins,
  }),
  route({
    method: 'GET',
    path: `/taskPlugin/${BUILTINS}/{taskPluginName}`,
    operationId: 'getBuiltinTaskPlugin',
    summary: 'One of the task plugins that every worker has.',
    access: reads('plugin', { jobs: true }),
    response: PluginAnswer,
    handle: async ({ params }) => {
      const found = builtins.find((plugin) => plugin.taskPluginName === params.taskPluginName);
      if (found === undefined) throw notFound('plugin', { name: params.taskPluginName });
      return found;
    },
  }),
  route({
    method: 'GET',
    path: `/taskPlugin/${CUSTOM}`,
    operationId: 'listCustomTaskPlugins',
    summary: 'The task plugins that people registered.',
    access: reads('plugin', { jobs: true }),
    response: z.array(PluginAnswer),
    handle: async ({ ctx, request }) =>
      wholeList(ctx, request, (await listAll(ctx, pluginKind)).map(custom)),
  }),
  route({
    method: 'GET',
    path: `/taskPlugin/${CUSTOM}/{taskPluginName}`,
    operationId: 'getCustomTaskPlugin',
    summary: 'One of the task plugins that people registered.',
    access: reads('plugin', { jobs: true }),
    response: PluginAnswer,
    handle: async ({ ctx, params }) =>
      custom(await findByName(ctx, pluginKind, params.taskPluginName)),
  }),
  route({
    method: 'DELETE',
    path: `/taskPlugin/${CUSTOM}/{taskPluginName}`,
    operationId: 'deleteCustomTaskPlugin',
    summary: 'Delete a task plugin; one that is not there is no fault.',
    access: writes('plugin'),
    response: Deleted,
    handle: async ({ ctx, params }) => {
      const plugin = await ifThere(findByName(ctx, pluginKind, params.taskPluginName));
      if (plugin !== undefined) await deleteResource(ctx, pluginKind, plugin.id);
      const taskPluginName = plugin === undefined ? [] : [plugin.data.name];
      return done({ collection: CUSTOM, taskPluginName });
    },
  }),
];
