import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type TestApp, type TestUser, testApp } from '../../support/app.ts';

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
const fresh = (): string => {
  made += 1;
  return `n${made}`;
};
const names = (count: number): readonly string[] => Array.from({ length: count }, fresh);

const send = (files: Files, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
  const body = new FormData();
  body.set('group', '1');
  body.set('sourceType', 'upload_files');
  for (const [name, text] of Object.entries(files)) body.append('files', new File([text], name));
  return user.call('POST', '/api/v1/workflows/resourceImport', body, headers);
};

const typesNamed = (all: readonly string[]): Files => ({
  'dioptra.toml': all.map((name) => `[[plugin_param_types]]\nname = "${name}"\n`).join(''),
});

/** New plugins with some files each. */
const pluginsNamed = (all: readonly string[], files = 1): Files =>
  Object.fromEntries([
    ['dioptra.toml', all.map((name) => `[[plugins]]\npath = "plugins/${name}"\n`).join('')],
    ...all.flatMap((name) =>
      Array.from({ length: files }, (_, n) => [`plugins/${name}/m${n}.py`, `x = ${n}\n`]),
    ),
  ]);

const countOf = async (kind: string): Promise<number> =>
  (await user.get(`/api/v1/${kind}?groupId=1`)).body.totalNumResults;

describe('an import takes', () => {
  it('as many types as one transaction holds, beside the record of a repeatable call', async () => {
    const headers = { 'idempotency-key': fresh() };
    const { status, body } = await send(typesNamed(names(32)), headers);

    expect([status, Object.keys(body.resources.plugin_param_types).length]).toEqual([200, 32]);
  });

  it('24 new plugins with 41 files each, and all that belongs to them can be read', async () => {
    const { status, body } = await send({ ...pluginsNamed(names(24), 41) });

    expect(status).toBe(200);
    const [id] = Object.values(body.resources.plugins);
    const { data } = (await user.get(`/api/v1/plugins/${id}/snapshots`)).body;
    expect(data.map(({ files }: { files: object[] }) => files.length)).toEqual([0, 41]);
  });
});

describe('an import refuses', () => {
  it.each([
    ['types', typesNamed(names(33)), '99 or more'],
    ['plugins, counted before they are made', pluginsNamed(names(33)), '99 or more'],
    ['plugins, counted when they are', pluginsNamed(names(25)), '100'],
  ])('more than change together, and makes none: %s', async (_, files, writes) => {
    const before = [await countOf('plugins'), await countOf('pluginParameterTypes')];
    const { status, body } = await send(files);

    expect([status, body.error]).toEqual([400, 'ImportFailedError']);
    expect(body.detail.reason).toBe(
      `It changes too much at once: it takes ${writes} writes of one transaction, and 96 fit. ` +
        'Import it in several parts, of 20 plugins, types, entrypoints and changed files each.',
    );
    expect([await countOf('plugins'), await countOf('pluginParameterTypes')]).toEqual(before);
  });

  it('more than 1,000 Python files, before any is made', async () => {
    const [before, files] = [await countOf('plugins'), pluginsNamed([fresh()], 1_001)];
    let isWritten = false;
    const { bulk } = app.platform.table;
    app.platform.table.bulk = async (writes) => {
      isWritten = true;
      return bulk(writes);
    };
    const { status, body } = await send(files);
    app.platform.table.bulk = bulk;

    expect([status, body.error]).toEqual([400, 'ImportFailedError']);
    expect(body.detail.reason).toMatch(/more than 1000 Python files/);
    expect([await countOf('plugins'), isWritten]).toEqual([before, false]);
  });
});
