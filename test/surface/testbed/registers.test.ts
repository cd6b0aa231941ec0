import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { archiveOf, openTestbed, scriptsOf, type Testbed } from './workbench.ts';

const NAIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

let testbed: Testbed;
beforeAll(async () => {
  testbed = await openTestbed({ registration: 'open' });
});
afterAll(() => testbed.app.close());

const message = (text: string) => expect.stringMatching(new RegExp(`^${text}`));

describe.each([
  ['experiment', 'experimentId', 'Experiment'],
  ['queue', 'queueId', 'Queue'],
] as const)('%s', (resource, idField, title) => {
  it.each(['form', 'multipart', 'json'] as const)('is registered by %s', async (way) => {
    const { status, body } = await testbed[way](`/${resource}/`, { name: `  By ${way} Name ` });

    expect(status).toBe(200);
    expect(body).toEqual({
      [idField]: expect.any(Number),
      createdOn: expect.stringMatching(NAIVE),
      lastModified: expect.stringMatching(NAIVE),
      name: `by-${way}-name`,
    });
    expect((await testbed.get(`/${resource}/${body[idField]}`)).body).toEqual(body);
    expect((await testbed.get(`/${resource}/name/by-${way}-name`)).body).toEqual(body);
    expect((await testbed.get(`/${resource}/name/By%20${way}%20Name`)).body).toEqual(body);
    expect((await testbed.get(`/${resource}`)).body).toContainEqual(body);
  });

  it('is the same in the v1 API', async () => {
    const { body } = await testbed.form(`/${resource}/`, { name: `shared ${resource}` });
    const kind = resource === 'queue' ? 'queues' : 'experiments';

    const same = (await testbed.user.get(`/api/v1/${kind}/${body[idField]}`)).body;

    expect(same.name).toBe(`shared-${resource}`);
    await testbed.user.put(`/api/v1/${kind}/${body[idField]}`, { name: 'Changed There' });
    expect((await testbed.get(`/${resource}/${body[idField]}`)).body.name).toBe('Changed There');
    await testbed.user.delete(`/api/v1/${kind}/${body[idField]}`);
    expect((await testbed.get(`/${resource}/${body[idField]}`)).status).toBe(404);
  });

  it('is refused without a name, and under one that is taken', async () => {
    await testbed.form(`/${resource}/`, { name: 'taken' });

    const refusals = [
      await testbed.form(`/${resource}/`, {}),
      await testbed.form(`/${resource}/`, { name: '   ' }),
      await testbed.json(`/${resource}/`, { name: 7 }),
      await testbed.form(`/${resource}/`, { name: 'TAKEN ' }),
    ];

    expect(refusals.map(({ status, body }) => [status, body])).toEqual([
      [400, { message: message(`Bad Request - The ${resource} was not registered. name: `) }],
      [400, { message: message(`Bad Request - The ${resource} was not registered. name: `) }],
      [400, { message: message(`Bad Request - The ${resource} was not registered. name: `) }],
      [400, { message: message(`Bad Request - The ${resource} exists already. `) }],
    ]);
  });

  it.each(['id', 'name'])('gets another name, by its %s', async (way) => {
    const { body } = await testbed.form(`/${resource}/`, { name: `old ${way}` });
    const at = way === 'id' ? `/${resource}/${body[idField]}` : `/${resource}/name/old-${way}`;
    testbed.app.clock.advance(2_000);

    const changed = await testbed.put(at, { name: `New ${way}` });

    expect(changed.body).toMatchObject({ ...body, name: `new-${way}`, lastModified: message('') });
    expect(changed.body.lastModified > body.lastModified).toBe(true);
    await testbed.form(`/${resource}/`, { name: `other ${way}` });
    const taken = await testbed.put(`/${resource}/${body[idField]}`, { name: `other-${way}` });
    expect([taken.status, taken.body.message]).toEqual([400, message('Bad Request - ')]);
  });

  it.each(['id', 'name'])('is deleted by its %s, and once more without a fault', async (way) => {
    const { body } = await testbed.form(`/${resource}/`, { name: `gone ${way}` });
    const at = way === 'id' ? `/${resource}/${body[idField]}` : `/${resource}/name/gone-${way}`;

    expect((await testbed.delete(at)).body).toEqual({ status: 'Success', id: [body[idField]] });
    expect((await testbed.delete(at)).body).toEqual({ status: 'Success', id: [] });

    const gone = await testbed.get(at);
    expect([gone.status, gone.body]).toEqual([
      404,
      { message: `Not Found - There is no such ${resource}.` },
    ]);
    expect((await testbed.put(at, { name: 'x' })).status).toBe(404);
    const again = await testbed.form(`/${resource}/`, { name: `gone ${way}` });
    expect(again.status).toBe(200);
  });

  it('of another group is not there', async () => {
    const { app } = testbed;
    const stranger = await app.newUser();
    const group = await app.newGroup(stranger);
    const own = scriptsOf(stranger);
    const made = await own.form(`/${resource}/?group=${group.name}`, { name: 'hidden' });
    expect(made.status).toBe(200);

    expect((await testbed.get(`/${resource}/${made.body[idField]}`)).status).toBe(404);
    expect((await testbed.get(`/${resource}/name/hidden`)).status).toBe(404);
    const seen = (await testbed.get(`/${resource}/`)).body.map((row: Json) => row.name);
    expect(seen).not.toContain('hidden');
    const outside = await testbed.get(`/${resource}/?group=${group.id}`);
    expect([outside.status, outside.body.message]).toEqual([
      404,
      `Not Found - There is no group with the name "${group.id}".`,
    ]);
    const within = (await own.get(`/${resource}/?group=${group.id}`)).body;
    expect(within).toEqual([made.body]);
    expect(title).toBeDefined();
  });
});

describe('the lock of a queue', () => {
  it.each(['id', 'name'])('hides it and keeps its name, by its %s', async (way) => {
    const name = `locked-by-${way}`;
    const { queueId } = (await testbed.form('/queue/', { name })).body;
    const at = way === 'id' ? `/queue/${queueId}` : `/queue/name/${name}`;
    const told = way === 'id' ? { id: [queueId] } : { name: [name] };
    const listed = async () =>
      (await testbed.get('/queue/')).body.some((queue: Json) => queue.queueId === queueId);

    for (let twice = 0; twice < 2; twice += 1) {
      expect((await testbed.put(`${at}/lock`)).body).toEqual({ status: 'Success', ...told });
    }
    expect(await listed()).toBe(false);
    expect((await testbed.get(at)).status).toBe(200);
    const renamed = await testbed.put(at, { name: 'other' });
    expect([renamed.status, renamed.body.message]).toEqual([
      403,
      message('Forbidden - The queue is locked. '),
    ]);
    for (let twice = 0; twice < 2; twice += 1) {
      expect((await testbed.delete(`${at}/lock`)).body).toEqual({ status: 'Success', ...told });
    }
    expect(await listed()).toBe(true);
    expect((await testbed.delete(at)).body).toEqual({ status: 'Success', id: [queueId] });
    const gone = await testbed.put(`${at}/lock`);
    expect([gone.status, gone.body.message]).toEqual([404, message('Not Found - ')]);
  });
});

describe('task plugins', () => {
  const register = (name: string, archive: object, collection = 'dioptra_custom') =>
    testbed.multipart('/taskPlugin/', {
      task_plugin_name: name,
      task_plugin_file: archive as never,
      collection,
    });
  const files = {
    'evaluation/__init__.py': '',
    'evaluation/measures.py': 'X = 1\n',
    'evaluation/README.md': 'x',
  };
  const archive = (extension = 'tar.gz', all: Readonly<Record<string, string>> = files) => ({
    name: `plugin.${extension}`,
    bytes: archiveOf(all, extension),
  });
  const registered = (taskPluginName: string, modules = ['__init__.py', 'measures.py']) => ({
    taskPluginName,
    collection: 'dioptra_custom',
    modules,
  });

  it.each(['tar', 'tgz', 'tar.gz', 'tar.bz2', 'tar.xz', 'zip'])(
    'come as .%s',
    async (extension) => {
      const name = `evaluation_${extension.replace('.', '_')}`;

      const { status, body } = await register(name, archive(extension));

      expect([status, body]).toEqual([200, registered(name)]);
      expect((await testbed.get(`/taskPlugin/dioptra_custom/${name}`)).body).toEqual(body);
      expect((await testbed.get('/taskPlugin/dioptra_custom')).body).toContainEqual(body);
      expect((await testbed.get('/taskPlugin/')).body).toContainEqual(body);
    },
  );

  it('are plugins of the v1 API', async () => {
    await register('shared', archive());

    const [plugin] = (await testbed.user.get('/api/v1/plugins?search=name:shared')).body.data;

    const path = `/api/v1/plugins/${plugin.id}/files`;
    const found = (await testbed.user.get(path)).body.data;
    expect(found.map(({ filename, contents }: Json) => [filename, contents])).toEqual([
      ['__init__.py', ''],
      ['measures.py', 'X = 1\n'],
    ]);
    await testbed.user.post(path, { filename: 'more.py', contents: '', tasks: {} });
    const { modules } = (await testbed.get('/taskPlugin/dioptra_custom/shared')).body;
    expect(modules).toEqual(['__init__.py', 'measures.py', 'more.py']);
  });

  it('may lie in no folder, and hold folders', async () => {
    const all = { '__init__.py': '', 'a.py': '', 'deep/__init__.py': '', 'deep/b.py': '' };

    const { body } = await register('flat', archive('tgz', all));

    expect(body).toEqual(registered('flat', ['__init__.py', 'a.py', 'deep/b.py']));
  });

  it('are deleted once, and once more without a fault', async () => {
    await register('gone', archive());
    const at = '/taskPlugin/dioptra_custom/gone';
    const done = { status: 'Success', collection: 'dioptra_custom' };

    expect((await testbed.delete(at)).body).toEqual({ ...done, taskPluginName: ['gone'] });
    expect((await testbed.delete(at)).body).toEqual({ ...done, taskPluginName: [] });
    const gone = await testbed.get(at);
    expect([gone.status, gone.body]).toEqual([
      404,
      { message: 'Not Found - There is no such task plugin.' },
    ]);
  });

  it.each<[string, () => Promise<Json>, string]>([
    [
      'a name that is taken',
      async () => {
        await register('twice', archive());
        return register('twice', archive());
      },
      'Bad Request - The task plugin exists already. ',
    ],
    [
      'a name that Python cannot import',
      () => register('not-a-name', archive()),
      'Bad Request - The task plugin was not registered. task_plugin_name: ',
    ],
    [
      'the other collection',
      () => register('x', archive(), 'dioptra_builtins'),
      'Bad Request - The task plugin was not registered. collection: ',
    ],
    [
      'no file',
      () => testbed.form('/taskPlugin/', { task_plugin_name: 'x', collection: 'dioptra_custom' }),
      'Bad Request - The task plugin was not registered. task_plugin_file: is required',
    ],
    [
      'another kind of file',
      () => register('x', { name: 'x.rar', bytes: archive().bytes }),
      'Bad Request - The task plugin was not registered. task_plugin_file: The name',
    ],
    [
      'what is no archive',
      () => register('x', { name: 'x.tgz', bytes: Buffer.from('x') }),
      'Bad Request - The task plugin was not registered. task_plugin_file: The archive cannot be used',
    ],
    [
      'no Python',
      () => register('x', archive('tgz', { 'a/b.txt': '' })),
      'Bad Request - The task plugin was not registered. task_plugin_file: The archive holds no Python',
    ],
    [
      'odd modules',
      () => register('x', archive('tgz', { 'a/1b.py': '' })),
      'Bad Request - The task plugin was not registered. task_plugin_file: 1b.py',
    ],
  ])('are refused with %s', async (_what, act, says) => {
    const { status, body } = await act();

    expect([status, body.message.slice(0, says.length)]).toEqual([400, says]);
  });

  it('come with Assay, too', async () => {
    const builtins = (await testbed.get('/taskPlugin/dioptra_builtins')).body;

    expect(builtins.map((plugin: Json) => plugin.taskPluginName)).toContain('tracking');
    for (const plugin of builtins) {
      expect(plugin).toMatchObject({ collection: 'dioptra_builtins', modules: expect.any(Array) });
      const at = `/taskPlugin/dioptra_builtins/${plugin.taskPluginName}`;
      expect((await testbed.get(at)).body).toEqual(plugin);
      expect((await testbed.delete(at)).status).toBe(405);
    }
    expect((await testbed.get('/taskPlugin/dioptra_builtins/none')).status).toBe(404);
  });
});

describe('users', () => {
  const form = (username: string, more: object = {}) => ({
    username,
    password: 'a pass word',
    password_confirm: 'a pass word',
    email_address: `${username}@example.org`,
    ...more,
  });

  it('register, are listed and found', async () => {
    const anybody = scriptsOf(testbed.app.client());

    const { status, body } = await anybody.form('/user/', form('frida'));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      username: 'frida',
      emailAddress: 'frida@example.org',
      userExpireOn: '9999-12-31T23:59:59.999999',
    });
    for (const field of ['createdOn', 'lastModifiedOn', 'lastLoginOn', 'passwordExpireOn']) {
      expect(body[field]).toMatch(NAIVE);
    }
    expect((await testbed.get(`/user/${body.userId}`)).body).toEqual(body);
    expect((await testbed.get('/user/name/frida')).body).toEqual(body);
    expect((await testbed.get('/user/')).body).toContainEqual(body);
    expect((await anybody.get('/user/')).status).toBe(401);
  });

  it.each([
    ['other passwords', { password_confirm: 'other' }, 'password_confirm: Must be the same'],
    ['no address', { email_address: '' }, 'email_address: is required'],
    ['a name with a colon', { username: 'a:b' }, 'username: Must not hold a colon'],
  ])('are refused with %s', async (_what, more, says) => {
    const { status, body } = await testbed.form('/user/', form('gina', more));

    expect([status, body.message]).toEqual([
      400,
      message(`Bad Request - The user was not registered. ${says}`),
    ]);
  });

  it('are refused under a name or an address that is taken', async () => {
    await testbed.form('/user/', form('hana'));

    for (const more of [{}, { username: 'hana2', email_address: 'hana@example.org' }]) {
      const { status, body } = await testbed.form('/user/', form('hana', more));
      expect([status, body.message]).toEqual([
        400,
        message('Bad Request - The username or the address is taken. '),
      ]);
    }
  });

  it('are deleted by administrators, others than themselves', async () => {
    const { userId } = (await testbed.form('/user/', form('ivan'))).body;
    const ivan = await testbed.app.newUser('ivanka');

    expect((await scriptsOf(ivan).delete(`/user/${userId}`)).status).toBe(403);
    expect((await testbed.delete(`/user/${testbed.user.id}`)).status).toBe(403);
    expect((await testbed.delete(`/user/${userId}`)).body).toEqual({
      status: 'Success',
      id: [userId],
    });
    expect((await testbed.delete(`/user/${userId}`)).body).toEqual({ status: 'Success', id: [] });
    expect((await testbed.get(`/user/${userId}`)).body).toEqual({
      message: 'Not Found - There is no such user.',
    });
  });
});

describe('what every call takes', () => {
  it('a mask, in the order that it names', async () => {
    const { body } = await testbed.form('/queue/', { name: 'masked' });
    const at = `/queue/${body.queueId}`;
    const shown = async (mask: string) => (await testbed.get(at, { 'x-fields': mask })).text;

    expect(await shown('name,queueId')).toBe(`{"name":"masked","queueId":${body.queueId}}`);
    expect(await shown('{zzz, name, *}')).toBe(
      JSON.stringify({
        zzz: null,
        name: 'masked',
        queueId: body.queueId,
        createdOn: body.createdOn,
        lastModified: body.lastModified,
      }),
    );
    const list = (await testbed.get('/queue/', { 'x-fields': 'name' })).body;
    expect(list.every((row: object) => Object.keys(row).join() === 'name')).toBe(true);
    const made = await testbed.form('/queue/', { name: 'thin' }, { 'x-fields': 'name' });
    expect(made.body).toEqual({ name: 'thin' });
    const nested = await testbed.get('/queue/', { 'x-fields': 'name{a,b{c}}' });
    expect(nested.status).toBe(200);
  });

  it.each([
    ['{name', 'Missing closing bracket'],
    ['name}', 'Unexpected closing bracket'],
    ['{{name}}', 'Unexpected opening bracket'],
    [',name', 'Unexpected comma'],
  ])('no mask such as %s', async (mask, says) => {
    const before = (await testbed.get('/queue/')).body.length;

    const refused = await testbed.form('/queue/', { name: 'never' }, { 'x-fields': mask });

    expect([refused.status, refused.body]).toEqual([400, { message: `Mask parse error: ${says}` }]);
    expect((await testbed.get('/queue/')).body).toHaveLength(before);
  });

  it('fields in camel case, as later versions name them', async () => {
    const { status, body } = await testbed.multipart('/taskPlugin/', {
      taskPluginName: 'camel',
      taskPluginFile: { name: 'x.tgz', bytes: archiveOf({ 'camel/a.py': '' }) },
      collection: 'dioptra_custom',
    });

    expect([status, body.taskPluginName]).toEqual([200, 'camel']);
  });

  it('credentials', async () => {
    const anybody = scriptsOf(testbed.app.client());
    for (const path of ['/experiment/', '/job/', '/queue/', '/taskPlugin/', '/user/']) {
      const { status, body } = await anybody.get(path);
      expect([status, Object.keys(body)]).toEqual([401, ['message']]);
    }
  });

  it('only the methods that there are', async () => {
    const { status, body, headers } = await testbed.user.call('PATCH', '/api/queue/', {});

    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(Object.keys(body)).toEqual(['message']);
  });

  it('no body that is neither form nor JSON', async () => {
    const { status, body } = await testbed.user.call('POST', '/api/queue/', '{', {
      'content-type': 'text/plain',
    });

    expect([status, body.message]).toEqual([400, message('Bad Request - The queue was not')]);
  });
});
