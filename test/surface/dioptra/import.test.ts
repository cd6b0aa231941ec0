import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeArchive } from '#domain/archives/index.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Touched } from '#kernel/trail.ts';
import { type Answer, type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { startPython } from '../../unit/archives/python-archives.ts';

const PATH = '/api/v1/workflows/resourceImport';

let app: TestApp;
let user: TestUser;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser();
});
afterAll(() => app.close());

type Files = Readonly<Record<string, string>>;

let made = 0;
/** Names that no other test has. */
const fresh = () => {
  made += 1;
  return `n${made}`;
};

const config = (name: string, more = '') => `
[[plugin_param_types]]
name = "${name}_t"
structure = { list = "string" }

[[plugins]]
path = "plugins/${name}"
description = "of an import"
[[plugins.tasks.functions]]
filename = "work.py"
name = "load"
input_params = [{ name = "path", type = "string", required = true }]
output_params = [{ name = "rows", type = "${name}_t" }]
[[plugins.tasks.functions]]
filename = "sub/more.py"
name = "train"
input_params = [{ name = "rows", type = "${name}_t" }]
output_params = []

[[entrypoints]]
path = "graphs/${name}.yml"
name = "${name} entrypoint"
params = [{ name = "where", type = "string", default_value = "here" }]
plugins = ["${name}"]
${more}`;

const folder = (name: string, more = ''): Files => ({
  'dioptra.toml': config(name, more),
  [`plugins/${name}/work.py`]: 'def load(path):\n    return [path]\n',
  [`plugins/${name}/sub/more.py`]: 'def train(rows): ...\n',
  [`plugins/${name}/.hidden.py`]: 'not taken',
  [`plugins/${name}/notes.txt`]: 'not taken',
  [`graphs/${name}.yml`]:
    'graph:\n  # the first step\n  step1: {load: {path: $where}}\n  step2: {train: {rows: $step1}}\n',
});

const archive = (files: Files, type: 'tar_gz' | 'zip' = 'tar_gz') =>
  makeArchive(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    type,
  );

interface Options {
  readonly strategy?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

function form({ strategy, fields = {} }: Options, sourceType: string): FormData {
  const body = new FormData();
  const all = { group: '1', sourceType, ...fields };
  for (const [name, value] of Object.entries(all)) body.set(name, value);
  if (strategy !== undefined) body.set('resolveNameConflictsStrategy', strategy);
  return body;
}

const sendFiles = (files: Files, options: Options = {}, caller = user): Promise<Answer> => {
  const body = form(options, 'upload_files');
  for (const [name, text] of Object.entries(files)) body.append('files', new File([text], name));
  return caller.post(PATH, body);
};

const sendArchive = (bytes: Uint8Array, options: Options = {}): Promise<Answer> => {
  const body = form(options, 'upload_archive');
  body.set('archiveFile', new File([new Uint8Array(bytes)], 'a.tar.gz'));
  return user.post(PATH, body);
};

const KINDS = ['plugins', 'pluginParameterTypes', 'entrypoints'] as const;

/** Everything that lists and names show of a group. */
async function visible(): Promise<string> {
  const lists = await Promise.all(
    KINDS.map((kind) => user.get(`/api/v1/${kind}?pageLength=1000&groupId=1`)),
  );
  return JSON.stringify(lists.map(({ body }) => body.data));
}

describe('an import', () => {
  it.each(['tar.bz2', 'tar.xz', 'stored.zip'] as const)(
    'takes an archive as another program makes it, whatever it is called: %s',
    async (format) => {
      const name = fresh();
      const members = Object.entries(folder(name)).map(
        ([path, text]) => [path, Buffer.from(text)] as const,
      );
      const python = startPython();
      const answer = await sendArchive(await python.make(format, members));
      python.close();

      expect(answer.status).toBe(200);
      expect(await visible()).toContain(`${name}_t`);
    },
  );

  it.each(['tar_gz', 'zip'] as const)(
    'of an archive makes what its config names: %s',
    async (type) => {
      const name = fresh();
      const bytes = await archive(folder(name), type);
      const { status, body } = await sendArchive(bytes);

      expect([status, body]).toEqual([
        200,
        {
          message: 'successfully imported',
          hash: createHash('sha256').update(bytes).digest('hex'),
          resources: {
            plugins: { [name]: expect.any(Number) },
            plugin_param_types: { [`${name}_t`]: expect.any(Number) },
            entrypoints: { [`${name} entrypoint`]: expect.any(Number) },
          },
        },
      ]);
      const { plugins, plugin_param_types: types, entrypoints } = body.resources;
      const plugin = (await user.get(`/api/v1/plugins/${plugins[name]}`)).body;
      expect(plugin).toMatchObject({ name, description: 'of an import', latestSnapshot: true });
      expect(plugin.files.map(({ filename }: { filename: string }) => filename)).toEqual([
        'sub/more.py',
        'work.py',
      ]);
      const files = (await user.get(`/api/v1/plugins/${plugin.id}/files?search=work`)).body;
      expect(files.data[0].contents).toBe(folder(name)[`plugins/${name}/work.py`]);
      expect(files.data[0].tasks.functions[0]).toMatchObject({
        name: 'load',
        inputParams: [{ name: 'path', required: true, parameterType: { name: 'string' } }],
        outputParams: [{ name: 'rows', parameterType: { id: types[`${name}_t`] } }],
      });
      const entrypoint = (
        await user.get(`/api/v1/entrypoints/${entrypoints[`${name} entrypoint`]}`)
      ).body;
      expect(entrypoint.taskGraph).toContain('# the first step\nstep1:');
      expect(entrypoint.parameters).toEqual([
        { name: 'where', defaultValue: 'here', parameterType: 'string' },
      ]);
      expect(entrypoint.plugins[0]).toMatchObject({ id: plugin.id, latestSnapshot: true });
      const bundle = `/api/v1/entrypoints/${entrypoint.id}/snapshots/${entrypoint.snapshot}/plugins/bundle`;
      expect((await user.get(bundle)).status).toBe(200);
    },
  );

  it('of files hashes them in the order of their paths, and finds a config in a folder', async () => {
    const name = fresh();
    const inFolder = Object.entries(folder(name)).map(([path, text]) => [`top/${path}`, text]);
    const files: Files = Object.fromEntries(inFolder.toReversed());
    const { status, body } = await sendFiles(files, { fields: { configPath: 'top/dioptra.toml' } });

    const hash = createHash('sha256');
    for (const path of Object.keys(files).sort()) hash.update(files[path] ?? '');
    expect([status, body.hash]).toEqual([200, hash.digest('hex')]);
  });

  it('refuses taken names, updates them, or puts others in their place', async () => {
    const name = fresh();
    const first = (await sendFiles(folder(name))).body.resources;
    const before = await visible();
    const refused = await sendFiles(folder(name));
    expect([refused.status, refused.body.error]).toEqual([409, 'EntityExistsError']);
    expect(await visible()).toBe(before);

    const changed = { ...folder(name), [`plugins/${name}/work.py`]: 'changed = True\n' };
    const updated = await sendFiles(changed, { strategy: 'update' });
    expect([updated.status, updated.body.resources]).toEqual([200, first]);
    const { data } = (await user.get(`/api/v1/plugins/${first.plugins[name]}/files`)).body;
    expect(data.map(({ contents }: { contents: string }) => contents)).toContain(
      'changed = True\n',
    );
    expect(data).toHaveLength(2);

    const replaced = await sendFiles(folder(name), { strategy: 'overwrite' });
    expect(replaced.status).toBe(200);
    expect(replaced.body.resources.plugins[name]).not.toBe(first.plugins[name]);
    expect((await user.get(`/api/v1/plugins/${first.plugins[name]}`)).status).toBe(404);
    const old = Object.values(first.entrypoints)[0];
    expect((await user.get(`/api/v1/entrypoints/${old}`)).body.deleted).toBe(true);
  });

  it.each(['update', 'overwrite'])('%ss what others import at the same time', async (strategy) => {
    const name = fresh();
    const texts = Array.from({ length: 5 }, (_, at) => `import_${at} = True\n`);
    const answers = await Promise.all(
      texts.map((text) =>
        sendFiles({ ...folder(name), [`plugins/${name}/work.py`]: text }, { strategy }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200));
    const found = (await user.get(`/api/v1/plugins?search=name:${name}`)).body;
    expect(found.data.map((plugin: { name: string }) => plugin.name)).toEqual([name]);
    const { data } = (await user.get(`/api/v1/plugins/${found.data[0].id}/files`)).body;
    const work = data.find(({ filename }: { filename: string }) => filename === 'work.py');
    // One of them whole, the last one.
    expect(texts).toContain(work.contents);
    expect(data).toHaveLength(2);
  });

  it('tells in its record what it made, and keeps nothing of the tries before', async () => {
    const names = Array.from({ length: 4 }, fresh);
    const config = names.map((name) => `[[plugins]]\npath = "plugins/${name}"\n`).join('');
    const send = (letter: string): Promise<Answer> => {
      const files = names.map((name) => [`plugins/${name}/work.py`, `# ${letter.repeat(70_000)}`]);
      return sendFiles(
        { 'dioptra.toml': config, ...Object.fromEntries(files) },
        { strategy: 'overwrite' },
      );
    };
    const before = (await app.platform.blobs.list('snapshots/')).objects.length;
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(send));
    await app.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { items } = await app.platform.table.query({ pk: 'AUDIT#1' });
    const named = items
      .filter(({ operation }) => operation === 'importResources')
      .flatMap(({ touched }) => touched as unknown as readonly Touched[])
      .flatMap(({ lookup }) => (lookup.resource_id as number | undefined) ?? []);
    const rows = await app.platform.table.batchGet(
      named.map((id) => ({ pk: `RES#${id}`, sk: 'CURRENT' })),
    );
    expect(rows).not.toContain(undefined);
    const made = answers.flatMap(({ body }) => Object.values(body.resources.plugins));
    expect(named).toEqual(expect.arrayContaining(made));
    const { objects } = await app.platform.blobs.list('snapshots/');
    expect(objects.length - before).toBe(answers.length * names.length);
  });

  it('takes many files of a new plugin, more than one transaction holds', async () => {
    const name = fresh();
    const many = Array.from({ length: 150 }, (_, n) => [`plugins/${name}/m${n}.py`, `x = ${n}\n`]);
    const { status, body } = await sendFiles({ ...folder(name), ...Object.fromEntries(many) });

    expect(status).toBe(200);
    const files = `/api/v1/plugins/${body.resources.plugins[name]}/files?pageLength=1000`;
    expect((await user.get(files)).body.totalNumResults).toBe(152);
  });
});

type Edit = (files: Files, name: string) => Files;

const without =
  (path: (name: string) => string): Edit =>
  (files, name) =>
    Object.fromEntries(Object.entries(files).filter(([each]) => each !== path(name)));
const configured =
  (change: (text: string, name: string) => string): Edit =>
  (files, name) => ({ ...files, 'dioptra.toml': change(files['dioptra.toml'] ?? '', name) });
const added =
  (path: (name: string) => string, text = ''): Edit =>
  (files, name) => ({ ...files, [path(name)]: text });

const wrong: readonly (readonly [string, RegExp, Edit])[] = [
  ['no config', /File not found/, without(() => 'dioptra.toml')],
  ['no TOML', /Could not decode/, configured(() => '[[')],
  ['deep TOML', /Could not decode/, configured(() => `x = ${'['.repeat(50_000)}`)],
  ['a config of another shape', /plugins/, configured(() => 'plugins = 1')],
  ['an unknown field', /nrecognized|nknown/, configured((text) => `${text}\nbad = 1`)],
  [
    'an unknown field of tasks',
    /plugins\.0\.tasks: .*"function"/,
    configured((text) => text.replace('[[plugins.tasks.functions]]', '[[plugins.tasks.function]]')),
  ],
  ['no graph file', /File not found/, without((name) => `graphs/${name}.yml`)],
  ['a name that is no module', /valid python filename/, added((name) => `plugins/${name}/a-b.py`)],
  ['a file twice, in another case', /spelling/, added((name) => `plugins/${name}/WORK.py`)],
  ['a file outside', /"..\/evil.py" leads out of its folder/, added(() => '../evil.py')],
  [
    'an unknown type',
    /neither built in/,
    configured((text) => text.replace('"string", required', '"strin", required')),
  ],
  [
    'a plugin that is not declared',
    /undeclared/,
    configured((text) => `${text}artifact_plugins = ["other"]`),
  ],
  [
    'a path that leaves',
    /stay inside/,
    configured((text) => text.replace('"graphs/', '"../graphs/')),
  ],
  [
    'a plugin that is no folder',
    /imported directory/,
    configured((text, name) => text.replace(`plugins/${name}`, 'plugins/none')),
  ],
  [
    'a key that would get lost',
    /__proto__/,
    configured((text) => text.replace('{ list = "string" }', '{ "__proto__" = "string" }')),
  ],
  [
    'the same entrypoint twice',
    /Duplicate names/,
    configured((text, name) => `${text}\n[[entrypoints]]\nname = "${name} entrypoint"\npath = "x"`),
  ],
];

describe('an import with a fault', () => {
  it.each(wrong)('says so and makes nothing: %s', async (_, reason, change) => {
    const name = fresh();
    const before = await visible();
    const { status, body } = await sendFiles(change(folder(name), name));

    expect([status, body.error]).toEqual([400, 'ImportFailedError']);
    expect(body.detail.reason).toMatch(reason);
    expect(await visible()).toBe(before);
  });

  it.each([
    ['graph: {a: {b: ', 'InvalidYamlError'],
    ['graph: {a: {none: []}}', 'EntrypointValidationError'],
    ['artifacts: {}', 'EmptyGraphError'],
    ['graph: {}', 'EntrypointValidationError'],
    [`graph: ${'['.repeat(10_000)}`, 'InvalidYamlError'],
    ['graph: &a [*a]', 'InvalidYamlError'],
  ])('has the error of the graph: %s', async (yaml, error) => {
    const name = fresh();
    const before = await visible();
    const answer = await sendFiles({ ...folder(name), [`graphs/${name}.yml`]: yaml });

    expect([answer.status, answer.body.error]).toEqual([400, error]);
    expect(await visible()).toBe(before);
  });

  it.each([
    ['step1: {load: {path: $where}}', 'EmptyGraphError', 'the key "graph" is missing or empty'],
    ['artifacts: {}\ngraph:', 'EmptyGraphError', 'the key "graph" is missing or empty'],
    ['- step1', 'InvalidYamlError', 'it needs a map with "graph"'],
    ['a: [', 'InvalidYamlError', 'no valid YAML'],
  ])('names the file that has no graph: %j', async (yaml, error, why) => {
    const name = fresh();
    const file = `graphs/${name}.yml`;
    const { status, body } = await sendFiles({ ...folder(name), [file]: yaml });

    expect([status, body.error]).toEqual([400, error]);
    expect(body.message).toContain(`${file}: `);
    expect(body.message).toContain(why);
  });

  it('makes nothing, whichever write fails', async () => {
    const name = fresh();
    const files = folder(name);
    const before = await visible();
    const { table } = app.platform;
    const original = { ...table };
    let [writes, failures] = [0, 0];
    for (let failing = 1; ; failing += 1) {
      writes = 0;
      const faulty = <T extends (...args: never[]) => Promise<unknown>>(work: T): T =>
        (async (...args: never[]) => {
          writes += 1;
          if (writes === failing) throw new Error('injected');
          return work(...args);
        }) as unknown as T;
      Object.assign(table, {
        transact: faulty(original.transact),
        bulk: faulty(original.bulk),
        write: faulty(original.write),
      });
      const { status } = await sendFiles(files);
      Object.assign(table, original);
      if (status === 200) break;
      failures += 1;
      expect(status).toBe(500);
      expect(await visible()).toBe(before);
    }
    expect(failures).toBeGreaterThan(5);
    expect(await visible()).not.toBe(before);
  });

  it('keeps what it made when only the answer of the store was lost', async () => {
    const name = fresh();
    const { table } = app.platform;
    const original = { ...table };
    const lost: typeof table.transact = async (writes) => {
      await original.transact(writes);
      throw unavailable('The store is out of reach for the moment.');
    };
    Object.assign(table, { transact: lost });
    const { status } = await sendFiles(folder(name));
    Object.assign(table, original);

    expect(status).toBe(503);
    const { body } = await user.get(`/api/v1/plugins?search=name:${name}`);
    const files = await user.get(`/api/v1/plugins/${body.data[0].id}/files`);
    expect([files.status, files.body.totalNumResults]).toEqual([200, 2]);
  });

  it('is of one group alone', async () => {
    const stranger = await app.newUser();
    const group = await app.newGroup(stranger);
    const fields = { group: String(group.id) };
    const foreign = await sendFiles(folder(fresh()), { fields });
    const missing = await sendFiles(folder(fresh()), { fields: { group: '987654321' } });

    expect([foreign.status, missing.status]).toEqual([404, 404]);
  });
});

describe('the form of an import', () => {
  it.each([
    ['no source', (body: FormData) => body.delete('files'), 'sourceType'],
    ['two sources', (body: FormData) => body.set('gitUrl', 'https://x.test/a/b'), 'sourceType'],
    ['another source', (body: FormData) => body.set('sourceType', 'git'), 'gitUrl'],
    ['no group', (body: FormData) => body.delete('group'), 'group'],
    ['a group that is no number', (body: FormData) => body.set('group', '1e3'), 'group'],
    ['a field that is twice there', (body: FormData) => body.append('group', '1'), 'group'],
    [
      'a strategy that is none',
      (body: FormData) => body.set('resolveNameConflictsStrategy', 'x'),
      'resolveNameConflictsStrategy',
    ],
  ])('is refused: %s', async (_, change, field) => {
    const body = form({}, 'upload_files');
    body.append('files', new File(['x = 1'], 'dioptra.toml'));
    change(body);
    const answer = await user.post(PATH, body);

    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });

  it('says that git is not allowed', async () => {
    const answer = await user.post(PATH, form({ fields: { gitUrl: 'https://x.test/a/b' } }, 'git'));

    expect([answer.status, answer.body.error]).toEqual([400, 'ImportFailedError']);
    expect(answer.body.detail.reason).toMatch(/No host of git/);
  });
});
