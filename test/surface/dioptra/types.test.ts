import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, TYPE, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.close());

const newType = (body: object) =>
  bench.call('POST', '/pluginParameterTypes/', { group: 1, ...body });

describe('parameter types', () => {
  it('are six in a new group, in the order that clients know', async () => {
    const page = await bench.ok('GET', '/pluginParameterTypes');

    expect(page.data.map((type: { name: string; id: number }) => [type.name, type.id])).toEqual(
      Object.entries(TYPE),
    );
    expect(page.totalNumResults).toBe(6);
    expect(page.data[0].structure).toBeNull();
  });

  it('are created, changed, kept as snapshots and marked when deleted', async () => {
    const made = (await newType({ name: 'numbers', structure: { list: 'number' } })).json;
    const path = `/pluginParameterTypes/${made.id}`;
    const changed = await bench.ok('PUT', path, { name: 'numbers', description: 'many' });
    const deleted = await bench.ok('DELETE', path);
    const snapshots = await bench.ok('GET', `${path}/snapshots`);

    expect(made).toMatchObject({ name: 'numbers', structure: { list: 'number' }, deleted: false });
    expect(changed).toMatchObject({ structure: null, description: 'many' });
    expect(changed.snapshot).toBeGreaterThan(made.snapshot);
    expect(deleted).toEqual({ id: [made.id], status: 'Success' });
    expect(await bench.ok('GET', path)).toMatchObject({ deleted: true });
    expect(snapshots.data.map((one: { structure: unknown }) => one.structure)).toEqual([
      { list: 'number' },
      null,
    ]);
    expect((await bench.call('PUT', path, { name: 'again' })).status).toBe(423);
  });

  it.each([
    ['two forms', { list: 'string', tuple: ['string'] }],
    ['an unknown form', { array: 'string' }],
    ['a nested super-type', { list: { is_a: 'number' } }],
    ['a mapping of three', { mapping: ['string', 'string', 'string'] }],
    ['a number', { list: 3 }],
  ])('refuse a structure with %s', async (_what, structure) => {
    const answer = await newType({ name: 'odd', structure });

    expect(answer.status).toBe(400);
    expect(answer.json.errors.structure).toEqual([expect.stringContaining('Not a type structure')]);
  });

  it.each([30, 100_000])(
    'refuse a structure of %i levels, too many for the table',
    async (levels) => {
      const structure = `${'{"list":'.repeat(levels)}"string"${'}'.repeat(levels)}`;
      const body = `{"group":1,"name":"deep","structure":${structure}}`;
      const answer = await bench.call('POST', '/pluginParameterTypes', body);

      expect(answer.status).toBe(400);
      expect(answer.json.errors.structure).toEqual([expect.stringContaining('nested deeper')]);
    },
  );

  it.each([' Integer', 'ANY ', 'null'])('refuse the built-in name %j', async (name) => {
    const answer = await newType({ name });

    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('PluginParameterTypeMatchesBuiltinTypeError');
  });

  it('refuse to change or delete the built-in ones', async () => {
    const path = `/pluginParameterTypes/${TYPE.integer}`;
    const changed = await bench.call('PUT', path, { name: 'int' });
    const deleted = await bench.call('DELETE', path);

    expect([changed.status, changed.json.error]).toEqual([403, 'ReadOnlyLockError']);
    expect([deleted.status, deleted.json.error]).toEqual([403, 'ReadOnlyLockError']);
    expect(await bench.ok('GET', path)).toMatchObject({ deleted: false, name: 'integer' });
  });

  it('have names of their own in the group', async () => {
    const first = (await newType({ name: 'taken' })).json;
    const second = await newType({ name: 'taken' });

    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({
      error: 'EntityExistsError',
      detail: { existing_id: first.id, entity_attributes: { name: 'taken', group_id: 1 } },
    });
  });

  it('are hidden from other groups', async () => {
    const group = await bench.ok('POST', '/groups', { name: 'secret' });
    const page = await bench.ok('GET', `/pluginParameterTypes?groupId=${group.id}`);
    const hidden = page.data[0].id;

    expect(
      (await bench.call('GET', `/pluginParameterTypes/${hidden}`, undefined, 'bob')).status,
    ).toBe(404);
    expect(
      (await bench.call('GET', `/pluginParameterTypes?groupId=${group.id}`, undefined, 'bob'))
        .status,
    ).toBe(404);
  });
});
