import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  builtinTypeWrites,
  changePlugin,
  changePluginFile,
  createPlugin,
  createPluginFile,
  deletePluginFiles,
  findArtifactTask,
  getPluginFile,
  type Plugin,
  pluginKind,
  requirePlugins,
  requirePluginVersions,
} from '#domain/plugins/index.ts';
import { deleteResource, getResource, readRefs } from '#domain/resources/index.ts';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import type { Context, GroupFlags } from '#kernel/context.ts';
import type { AppError } from '#kernel/errors.ts';
import type { Table } from '#kernel/table.ts';
import { movableClock } from '../../../support/clock.ts';

const GROUP = 1;
let platform: EmbeddedPlatform;
let folder: string;
let ctx: Context;

const all: GroupFlags = {
  ...{ read: true, write: true, shareRead: true, shareWrite: true },
  ...{ owner: true, admin: true },
};
const acting = (flags: Partial<GroupFlags>, groupId = GROUP, table?: Table): Context => ({
  ...platform,
  ...(table === undefined ? {} : { table }),
  defer: () => undefined,
  actor: {
    kind: 'user',
    userId: 1,
    username: 'alice',
    memberships: new Map([[groupId, { groupId, groupName: 'group', flags: { ...all, ...flags } }]]),
  },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-plugins-'));
  platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: 'http://assay.test',
    secret: 'a secret of these tests only',
    clock: movableClock(),
    settings: { registration: 'open', pools: [], passwordLogN: 4, version: 'test' },
    log: { info: () => undefined, error: () => undefined },
  });
  ctx = acting({});
  await ctx.table.transact(await builtinTypeWrites(ctx, GROUP));
});
afterEach(async () => {
  platform.close();
  await rm(folder, { recursive: true });
});

const file = (filename: string, contents = '') => ({
  filename,
  contents,
  description: '',
  tasks: {
    functions: [{ name: 'f', inputParams: [], outputParams: [] }],
    artifacts: [{ name: 'keep', outputParams: [{ name: 'out', parameterType: 2 }] }],
  },
});
const newPlugin = (name = 'tools') => createPlugin(ctx, { groupId: GROUP, name, description: '' });
const refusal = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('nothing was refused');
    },
    (error: AppError) => error,
  );

describe('files of a plugin', () => {
  it('give each task an id of its own, anew with each version', async () => {
    const { id } = await newPlugin();
    const { file: first } = await createPluginFile(ctx, id, file('a.py'));
    const { file: second } = await changePluginFile(ctx, id, first.id, file('a.py'));
    const ids = [first, second].flatMap(({ data: { tasks } }) =>
      [...tasks.functions, ...tasks.artifacts].map((task) => task.id),
    );

    expect(ids).toEqual([1, 2, 3, 4]);
  });

  it('larger than an item are kept beside the table', async () => {
    const { id } = await newPlugin();
    const contents = 'ä'.repeat(100_000);
    const { file: made } = await createPluginFile(ctx, id, file('a.py', contents));
    const read = await getPluginFile(ctx, id, made.id);
    const { objects } = await platform.blobs.list('snapshots/');

    expect(read.file.data.contents === contents).toBe(true);
    expect(objects.map(({ key }) => key)).toEqual([`snapshots/${made.id}/${made.snapshot}.json`]);
  });

  it('and their plugin change together or not at all', async () => {
    const { id } = await newPlugin();
    await createPluginFile(ctx, id, file('a.py'));
    const before = await getResource(ctx, pluginKind, id);

    const error = await refusal(createPluginFile(ctx, id, file('a.py')));

    expect([error.code, error.reason]).toEqual(['conflict', 'entity_exists']);
    expect(await getResource(ctx, pluginKind, id)).toEqual(before);
  });

  it('survive another’s write in between', async () => {
    const { id } = await newPlugin();
    let disturbed = false;
    const table: Table = {
      ...platform.table,
      transact: async (writes) => {
        if (!disturbed) {
          disturbed = true;
          await changePlugin(ctx, id, { name: 'renamed', description: '' });
        }
        return platform.table.transact(writes);
      },
    };
    await createPluginFile(acting({}, GROUP, table), id, file('a.py'));
    const plugin = await getResource(ctx, pluginKind, id);

    expect(disturbed).toBe(true);
    expect(plugin.data).toMatchObject({ name: 'renamed', files: [{ filename: 'a.py' }] });
    expect(plugin.snapshots).toBe(3);
  });

  it('are written only by those who may write', async () => {
    const { id } = await newPlugin();
    const { file: made } = await createPluginFile(ctx, id, file('a.py'));
    const reader = acting({ write: false });

    for (const work of [
      createPluginFile(reader, id, file('b.py')),
      changePluginFile(reader, id, made.id, file('b.py')),
      deletePluginFiles(reader, id),
      changePlugin(reader, id, { name: 'x', description: '' }),
    ]) {
      expect((await refusal(work)).code).toBe('forbidden');
    }
    expect((await getPluginFile(reader, id, made.id)).file.data.filename).toBe('a.py');
  });
});

describe('finding plugins', () => {
  const stranger = () => acting({}, 2);

  it('by the ids of their versions tells the present version, too', async () => {
    const made = await newPlugin();
    const { plugin } = await createPluginFile(ctx, made.id, file('a.py'));
    const found = await requirePluginVersions(ctx, GROUP, [made.snapshot, plugin.snapshot]);

    expect(found.map(({ id, snapshot }) => [id, snapshot])).toEqual([
      [made.id, made.snapshot],
      [made.id, plugin.snapshot],
    ]);
    expect(found.map((one) => one.plugin?.snapshot)).toEqual([plugin.snapshot, plugin.snapshot]);
    await deleteResource(ctx, pluginKind, made.id);
    expect((await requirePluginVersions(ctx, GROUP, [made.snapshot]))[0]?.plugin).toBeUndefined();
  });

  it('finds nothing of other groups, and no file by its snapshot', async () => {
    const made = await newPlugin();
    const { plugin, file: inside } = await createPluginFile(ctx, made.id, file('a.py'));
    const versions = (who: Context, group: number, ids: number[]) =>
      refusal(requirePluginVersions(who, group, ids));

    expect((await versions(stranger(), GROUP, [plugin.snapshot])).code).toBe('not_found');
    expect((await versions(ctx, 2, [plugin.snapshot])).detail.ids_not_found).toEqual([
      plugin.snapshot,
    ]);
    expect((await versions(ctx, GROUP, [inside.snapshot])).code).toBe('not_found');
    expect((await refusal(requirePlugins(stranger(), GROUP, [made.id]))).code).toBe('not_found');
    expect((await readRefs(stranger(), [made.id])).size).toBe(0);
  });

  it('finds the artifact task of a version, with what it belongs to', async () => {
    const made = await newPlugin();
    const { plugin, file: inside } = await createPluginFile(ctx, made.id, file('a.py'));
    const [task] = inside.data.tasks.artifacts;
    const [called] = inside.data.tasks.functions;
    const find = (who: Context, version: Plugin, id: number | undefined) =>
      findArtifactTask(who, version.snapshot, id ?? 0);

    expect(await find(ctx, plugin, task?.id)).toEqual({
      ...task,
      pluginId: made.id,
      pluginSnapshot: plugin.snapshot,
      fileId: inside.id,
      fileSnapshot: inside.snapshot,
    });
    expect(await find(ctx, made, task?.id)).toBeUndefined();
    expect(await find(ctx, plugin, called?.id)).toBeUndefined();
    expect(await find(stranger(), plugin, task?.id)).toBeUndefined();
    expect(await findArtifactTask(ctx, 999, 1)).toBeUndefined();
  });
});
