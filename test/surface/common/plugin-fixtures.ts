import type { Fixtures } from './fixture.ts';
import {
  fresh,
  grouped,
  inGroup,
  named,
  resourceFixtures,
  snapshotOf,
} from './resource-fixtures.ts';
import { fileBody, post, type World } from './world.ts';

export const typeFixtures: Fixtures = {
  ...resourceFixtures('PluginParameterType', 'pluginParameterTypes', (world) => ({
    id: world.type,
    snapshotId: snapshotOf(world, `pluginParameterTypes/${world.type}`),
  })),
  createPluginParameterType: { body: grouped, refs: inGroup },
  changePluginParameterType: { params: fresh('pluginParameterTypes'), body: named },
};

async function newFile(world: World) {
  const { id } = await fresh('plugins')(world);
  const file = await post(world.owner, `/plugins/${id}/files`, fileBody(world.type, 'one.py'));
  return { id, fileId: file.id };
}

export const pluginFixtures: Fixtures = {
  ...resourceFixtures('Plugin', 'plugins', (world) => ({
    id: world.plugin,
    snapshotId: world.pluginSnapshot,
  })),
  createPlugin: { body: grouped, refs: inGroup },
  changePlugin: { params: fresh('plugins'), body: named },
  getPluginFilesBundle: {
    params: ({ plugin, pluginSnapshot }) => ({ id: plugin, snapshotId: pluginSnapshot }),
  },
  listPluginFiles: { params: ({ plugin }) => ({ id: plugin }) },
  createPluginFile: {
    params: fresh('plugins'),
    body: ({ type }) => fileBody(type, 'more.py'),
    refs: ({ type }) => ({ 'tasks.functions.0.inputParams.0.parameterType': type }),
  },
  deletePluginFiles: { params: fresh('plugins') },
  getPluginFile: { params: ({ plugin, file }) => ({ id: plugin, fileId: file }) },
  changePluginFile: {
    params: async (world) => newFile(world),
    body: ({ type }) => fileBody(type, 'changed.py'),
    refs: ({ type }) => ({ 'tasks.functions.0.outputParams.0.parameterType': type }),
  },
  deletePluginFile: { params: async (world) => newFile(world) },
  listPluginFileSnapshots: { params: ({ plugin, file }) => ({ id: plugin, fileId: file }) },
  getPluginFileSnapshot: {
    params: async (world) => {
      const { plugin, file } = world;
      const snapshotId = await snapshotOf(world, `plugins/${plugin}/files/${file}`);
      return { id: plugin, fileId: file, snapshotId };
    },
  },
};
